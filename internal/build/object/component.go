package object

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// AllowsAnnotation is on a way in, and names the dangers that a person has
// allowed by a field with that danger for a name.
const AllowsAnnotation = "hearth.dev/allows"

// Component is a workload, or a Service of somebody else's, as the metadata of
// its objects name it.
type Component struct {
	// Stack that it is a part of.
	Stack string
	// Namespace of its objects.
	Namespace string
	// Name of its Service, and of most of its objects.
	Name string
	// Role in the stack, such as inference.
	Role string
	// Version that runs: the image's tag. "" if it is not known.
	Version string
	// Labels and Annotations of a person's, for every object.
	Labels, Annotations map[string]string
}

// Selector picks the component's pods.
func (c Component) Selector() map[string]string { return v1alpha1.Selector(c.Name) }

// OwnLabels are Kubernetes' recommended ones. app.kubernetes.io/managed-by is
// missing on purpose: Helm sets it on every object that Fleet deploys, and a
// value of ours would be reported as drift for ever (rancher/fleet#4369).
func (c Component) OwnLabels() map[string]string {
	l := c.Selector()
	l["app.kubernetes.io/component"] = c.Role
	l["app.kubernetes.io/part-of"] = c.Stack
	if c.Version != "" && len(validation.IsValidLabelValue(c.Version)) == 0 {
		l["app.kubernetes.io/version"] = c.Version
	}
	return l
}

// Meta is the metadata of the component's object of the given name, with the
// person's labels and annotations.
func (c Component) Meta(name string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{
		Name:        name,
		Namespace:   c.Namespace,
		Labels:      maps.Clone(c.Labels),
		Annotations: maps.Clone(c.Annotations),
	}
	if m.Labels == nil {
		m.Labels = map[string]string{}
	}
	maps.Copy(m.Labels, c.OwnLabels()) // ours win: selectors lean on them
	return m
}

// PodMeta is the metadata of the component's pods.
func (c Component) PodMeta() metav1.ObjectMeta {
	m := c.Meta("")
	m.Namespace = ""
	return m
}
