package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// expectation is what the overlay puts on the cluster.
type expectation struct {
	objects    []*unstructured.Unstructured // as kustomize builds them, in its order
	namespaces []*namespace                 // in the order of the overlay's bases
}

// namespace is what the overlay puts into one namespace.
type namespace struct {
	name      string
	bases     []*v1alpha1.Base
	workloads []*workload
	services  []*corev1.Service
	secrets   []generator.Secret
}

// workload is a Deployment or a StatefulSet, of hearth or of the stack's own
// resources.
type workload struct {
	kind      string
	namespace string
	name      string
	template  corev1.PodTemplateSpec
	replicas  *int32                                   // that the overlay asks for; nil where it does not say
	pods      []string                                 // of Ollama's StatefulSet, in order; nil where nobody knows their names
	claims    map[string]*corev1.PersistentVolumeClaim // by name; nil if it is not the overlay's own

	base     string              // name of the base
	declared *v1alpha1.Base      // set beside ollama
	ollama   *v1alpha1.Ollama    // set for hearth's inference server
	models   []string            // that it holds: the stack's with their copies, and the chat's embedder
	answers  string              // the first of them that is no embedding model; "" if none is
	chat     *v1alpha1.OpenWebUI // set for hearth's chat

	answered time.Time // when a model of it last answered here
}

func (w *workload) subject() string { return w.namespace + "/" + w.name }

// key of the row that says whether the workload is ready.
func (w *workload) key() string { return key("workload", w.subject()) }

// field names a field of the workload for a hint.
func (w *workload) field(name string) string {
	switch {
	case w.ollama != nil:
		name = "ollama." + name
	case w.chat != nil:
		name = "openWebUI." + name
	default:
		return "resources (base " + w.base + ")"
	}
	return name + " (base " + w.base + ")"
}

// expect is the overlay as kustomize builds it, so that the stack's own
// resources and patches count.
func expect(stack *v1alpha1.Resolved, name string) (*expectation, error) {
	overlay := stack.Overlay(name)
	if overlay == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", name)
	}
	objects, problems := generator.Objects(stack, name)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	e := &expectation{}
	for _, object := range objects {
		o, err := decoded(object)
		if err != nil {
			return nil, fmt.Errorf("overlay %s: %w", name, err)
		}
		e.objects = append(e.objects, o)
	}
	secrets, err := generator.Secrets(stack, name)
	if err != nil {
		return nil, err
	}
	for i := range overlay.Bases {
		b := &overlay.Bases[i]
		n := e.namespace(b.Namespace)
		if n == nil {
			n = &namespace{name: b.Namespace}
			e.namespaces = append(e.namespaces, n)
		}
		n.bases = append(n.bases, b)
	}
	for _, s := range secrets {
		if n := e.namespace(s.Namespace); n != nil {
			n.secrets = append(n.secrets, s)
		}
	}
	return e, e.sort()
}

// decoded is an object with numbers as client-go decodes them.
func decoded(object generator.Object) (*unstructured.Unstructured, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	o := &unstructured.Unstructured{}
	return o, o.UnmarshalJSON(data)
}

func (e *expectation) namespace(name string) *namespace {
	i := slices.IndexFunc(e.namespaces, func(n *namespace) bool { return n.name == name })
	if i < 0 {
		return nil
	}
	return e.namespaces[i]
}

// sort puts workloads, their volumes and Services into their namespaces. What
// the stack's own resources put into another namespace is checked for being
// there, no more.
func (e *expectation) sort() error {
	claims := map[string]*corev1.PersistentVolumeClaim{}
	for _, o := range e.objects {
		if o.GroupVersionKind().GroupKind().String() == "PersistentVolumeClaim" {
			claim := &corev1.PersistentVolumeClaim{}
			if err := convert(o, claim); err != nil {
				return err
			}
			claims[o.GetNamespace()+"/"+o.GetName()] = claim
		}
	}
	for _, o := range e.objects {
		n := e.namespace(o.GetNamespace())
		if n == nil {
			continue
		}
		w := &workload{kind: o.GetKind(), namespace: n.name, name: o.GetName(), claims: map[string]*corev1.PersistentVolumeClaim{}}
		switch o.GroupVersionKind().GroupKind().String() {
		case "Deployment.apps":
			d := &appsv1.Deployment{}
			if err := convert(o, d); err != nil {
				return err
			}
			w.template, w.replicas = d.Spec.Template, d.Spec.Replicas
		case "StatefulSet.apps":
			s := &appsv1.StatefulSet{}
			if err := convert(o, s); err != nil {
				return err
			}
			w.template, w.replicas = s.Spec.Template, s.Spec.Replicas
			w.claim(s)
		case "Service":
			s := &corev1.Service{}
			if err := convert(o, s); err != nil {
				return err
			}
			n.services = append(n.services, s)
			continue
		default:
			continue
		}
		for _, volume := range w.template.Spec.Volumes {
			if c := volume.PersistentVolumeClaim; c != nil {
				w.claims[c.ClaimName] = claims[n.name+"/"+c.ClaimName]
			}
		}
		w.belongs(n.bases)
		n.workloads = append(n.workloads, w)
	}
	return nil
}

// claim has the claims of a StatefulSet's pods, which are in no file.
func (w *workload) claim(s *appsv1.StatefulSet) {
	for pod := range replicas(s.Spec.Replicas) {
		for _, t := range s.Spec.VolumeClaimTemplates {
			w.claims[fmt.Sprintf("%s-%s-%d", t.Name, s.Name, pod)] = &t
		}
	}
}

// belongs finds the part of the stack that a workload comes from. Only one base
// of a namespace can have an Ollama of a name, and one a chat.
func (w *workload) belongs(bases []*v1alpha1.Base) {
	component := w.template.Labels["app.kubernetes.io/component"]
	for _, b := range bases {
		switch {
		case component == "inference" && b.Ollama != nil && w.name == b.Ollama.ServiceName():
			w.base, w.declared, w.ollama, w.models = b.Name, b, b.Ollama, b.StoredModels()
			w.pods = b.Ollama.Pods()
			w.answers = b.ChatModel()
		case component == "chat" && b.OpenWebUI != nil:
			w.base, w.chat = b.Name, b.OpenWebUI
		case w.base == "":
			w.base = b.Name
		}
	}
}

func convert(o *unstructured.Unstructured, into any) error {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, into); err != nil {
		return fmt.Errorf("reading %s: %w", describe(o), err)
	}
	return nil
}

// describe names an object for a person: Service ai/ollama.
func describe(o *unstructured.Unstructured) string {
	return o.GetKind() + " " + strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
}
