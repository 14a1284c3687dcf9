package controller

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// Target is the Service that a route leads to, in the route's namespace.
type Target struct {
	// Component whose Service it is, by its name.
	object.Component
	// Port of the Service.
	Port int32
	// Program that runs there.
	Program v1alpha1.Program
	// Replicas is how many pods it leads to; 0 if that is not known.
	Replicas int
	// MaxBody is the largest body of a request in bytes that the program takes. 0
	// is no limit.
	MaxBody int64
	// Pods to admit the controller to, by their labels: those of a Service of
	// somebody else's, behind NetworkPolicies. Default: none.
	Pods map[string]string
	// PodPort is the pods' port, by number or name.
	PodPort string
}

// Upgrades reports whether the program may open a WebSocket: any but Ollama.
func (t Target) Upgrades() bool { return t.Program != v1alpha1.ProgramOllama }

// RouteMeta is the metadata of an object that is the way in.
func (t Target) RouteMeta(name string, e *v1alpha1.Expose) metav1.ObjectMeta {
	m := t.Meta(name)
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	maps.Copy(m.Annotations, e.Annotations)
	if e.DangerouslyUnauthenticated {
		m.Annotations[object.AllowsAnnotation] = "unauthenticated"
	}
	return m
}
