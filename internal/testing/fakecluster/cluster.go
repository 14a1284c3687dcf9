package fakecluster

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http/httptest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build"
)

// Cluster is one on which an overlay runs.
type Cluster struct {
	*Server
	// Ollama and Chat answer behind the port-forward of their pods.
	Ollama *Ollama
	Chat   *Chat
	// Replicas are the further Ollamas, from the second pod on, where a base has
	// several.
	Replicas []*Ollama
	// Route is the ingress controller; nil for an overlay without exposure.
	Route *Route

	closers []func()
}

// New starts a cluster on which everything of the overlay is in order. Close it
// in the end.
func New(stack *v1alpha1.Resolved, overlay string) (*Cluster, error) {
	c := &Cluster{Ollama: &Ollama{Rate: 13}, Chat: &Chat{Title: "Open WebUI"}}
	o, needs, err := c.open(stack, overlay)
	if err != nil {
		return nil, err
	}
	for i := range o.Bases {
		if err := c.deploy(stack.Name, &o.Bases[i]); err != nil {
			c.Close()
			return nil, err
		}
	}
	for _, need := range needs {
		c.put(secret(need))
	}
	return c, nil
}

// open is the overlay and the Secrets that it needs, and an empty server. None runs
// after an error.
func (c *Cluster) open(stack *v1alpha1.Resolved, overlay string) (*v1alpha1.ResolvedOverlay, []generator.Secret, error) {
	o := stack.Overlay(overlay)
	if o == nil {
		return nil, nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	needs, err := generator.Secrets(stack, overlay)
	if err != nil {
		return nil, nil, err
	}
	c.Server = newServer()
	c.closers = append(c.closers, c.Server.Close)
	return o, needs, nil
}

// Close stops everything.
func (c *Cluster) Close() {
	for _, closer := range c.closers {
		closer()
	}
}

// deploy puts a base's objects there, and what controllers would make of them.
func (c *Cluster) deploy(stack string, b *v1alpha1.Base) error {
	objects, err := build.Objects(stack, b)
	if err != nil {
		return err
	}
	if !b.CreateNamespace {
		c.put(&corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: b.Namespace, Labels: b.NamespaceLabels},
		})
	}
	for _, object := range objects {
		o, err := plain(object)
		if err != nil {
			return err
		}
		c.Put(o)
		switch o.GetKind() {
		case "PersistentVolumeClaim":
			size, _, _ := unstructured.NestedString(o.Object, "spec", "resources", "requests", "storage")
			set(o, map[string]any{"phase": "Bound", "capacity": map[string]any{"storage": size}}, "status")
		case "Service":
			if kind, _, _ := unstructured.NestedString(o.Object, "spec", "type"); kind == "LoadBalancer" {
				ip, _, _ := unstructured.NestedString(o.Object, "spec", "loadBalancerIP")
				set(o, map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"ip": cmp.Or(ip, "192.0.2.10")}}}}, "status")
			}
		case "Certificate":
			ready := map[string]any{"type": "Ready", "status": "True", "message": "Certificate is up to date and has not expired"}
			set(o, map[string]any{"conditions": []any{ready}, "notAfter": "2030-01-01T00:00:00Z"}, "status")
		case "HTTPRoute":
			accepted := map[string]any{"type": "Accepted", "status": "True"}
			resolved := map[string]any{"type": "ResolvedRefs", "status": "True"}
			set(o, map[string]any{"parents": []any{map[string]any{"conditions": []any{accepted, resolved}}}}, "status")
		case "Deployment", "StatefulSet":
			if err := c.start(o); err != nil {
				return err
			}
		}
	}
	if ca := b.CABundle; ca != nil {
		c.put(&corev1.ConfigMap{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
			ObjectMeta: metav1.ObjectMeta{Name: ca.ConfigMap, Namespace: b.Namespace},
			Data:       map[string]string{ca.Key: "a certificate"},
		})
	}
	if b.Ollama != nil {
		c.runOllama(b, 0, c.Ollama)
		for i := range b.Ollama.Replicas - 1 {
			further := &Ollama{Rate: c.Ollama.Rate}
			c.Replicas = append(c.Replicas, further)
			c.runOllama(b, i+1, further)
		}
	}
	if b.OpenWebUI != nil {
		c.Chat.Version = b.OpenWebUI.Image.Tag
		c.listen(b.Namespace, PodName("open-webui"), "8080", httptest.NewServer(c.Chat))
	}
	if b.Expose.Type != v1alpha1.ExposeInternal {
		if c.Route, err = newRoute(b, c); err != nil {
			return err
		}
		c.closers = append(c.closers, c.Route.close)
	}
	return nil
}

// runOllama has an Ollama answer behind the pod of that number.
func (c *Cluster) runOllama(b *v1alpha1.Base, number int, server *Ollama) {
	name := b.Ollama.ServiceName()
	server.Version = b.Ollama.Image.Tag
	server.Models = append(server.Models, b.StoredModels()...)
	c.measure(b.Namespace, podName(name, number), name, func() (anonymous, workingSet int64) {
		need, _ := b.NeedOf(server.contexts())
		return need.Required - 100<<20, need.Required - 50<<20
	})
	c.listen(b.Namespace, podName(name, number), "11434", httptest.NewServer(server))
}

// PodName is the name of a workload's first pod.
func PodName(workload string) string { return podName(workload, 0) }

func podName(workload string, number int) string { return fmt.Sprintf("%s-%d", workload, number) }

func (c *Cluster) listen(namespace, pod, port string, behind *httptest.Server) {
	c.ports[namespace+"/"+pod+":"+port] = behind.Listener.Addr().String()
	c.closers = append(c.closers, behind.Close)
}

func secret(need generator.Secret) *corev1.Secret {
	s := &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: need.Name, Namespace: need.Namespace},
		Type:       corev1.SecretType(need.Type),
		Data:       map[string][]byte{},
	}
	for _, k := range need.Keys {
		if k.Form == generator.SecretVariables {
			k.Name = "A_VARIABLE"
		}
		s.Data[k.Name] = []byte("0123456789abcdef0123456789abcdef")
	}
	return s
}

// put adds a typed object.
func (c *Cluster) put(typed any) {
	o, err := plain(typed)
	if err != nil {
		panic(err) // a literal of this package
	}
	c.Put(o)
}

// plain is any object as the JSON tree that an API server sends.
func plain(typed any) (*Object, error) {
	data, err := json.Marshal(typed)
	if err != nil {
		return nil, err
	}
	o := &Object{}
	return o, o.UnmarshalJSON(data)
}

func set(o *Object, value any, path ...string) {
	if err := unstructured.SetNestedField(o.Object, value, path...); err != nil {
		panic(err) // a literal of this package
	}
}
