package fakecluster

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

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
		c.Ollama.Version = b.Ollama.Image.Tag
		c.measure(b.Namespace, PodName(b.Ollama.ServiceName()), b.Ollama.ServiceName(), func() (anonymous, workingSet int64) {
			need, _ := b.NeedOf(c.Ollama.contexts())
			return need.Required - 100<<20, need.Required - 50<<20
		})
		c.Ollama.Models = append(c.Ollama.Models, b.StoredModels()...)
		c.listen(b.Namespace, PodName(b.Ollama.ServiceName()), "11434", httptest.NewServer(c.Ollama))
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

// PodName is the name of a workload's one pod.
func PodName(workload string) string { return workload + "-0" }

func (c *Cluster) listen(namespace, pod, port string, behind *httptest.Server) {
	c.ports[namespace+"/"+pod+":"+port] = behind.Listener.Addr().String()
	c.closers = append(c.closers, behind.Close)
}

// start makes a workload ready, with its pod, its endpoints and its metrics.
func (c *Cluster) start(o *Object) error {
	set(o, map[string]any{
		"observedGeneration": int64(0), "replicas": int64(1), "readyReplicas": int64(1),
		"updatedReplicas": int64(1), "availableReplicas": int64(1),
	}, "status")
	var d appsv1.Deployment // a StatefulSet's template stands at the same place
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(map[string]any{"spec": map[string]any{"template": o.Object["spec"].(map[string]any)["template"]}}, &d); err != nil {
		return err
	}
	template := d.Spec.Template
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: *template.ObjectMeta.DeepCopy(),
		Spec:       template.Spec,
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
				{Type: corev1.PodReady, Status: corev1.ConditionTrue},
			},
		},
	}
	pod.Name, pod.Namespace = PodName(o.GetName()), o.GetNamespace()
	pod.Spec.NodeName = "node"
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), UID: o.GetUID()}}
	started := true
	for _, i := range template.Spec.InitContainers {
		pod.Status.InitContainerStatuses = append(pod.Status.InitContainerStatuses, corev1.ContainerStatus{
			Name: i.Name, Image: i.Image, Ready: true,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed"}},
		})
	}
	usage := []any{}
	for _, i := range template.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: i.Name, Image: i.Image, Ready: true, Started: &started,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(time.Now().Add(-time.Hour))}},
		})
		usage = append(usage, map[string]any{"name": i.Name, "usage": map[string]any{"cpu": "10m", "memory": "512Mi"}})
	}
	c.put(pod)
	metrics := &Object{Object: map[string]any{
		"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics",
		"timestamp": "2026-01-01T00:00:00Z", "window": "15s", "containers": usage,
	}}
	metrics.SetName(pod.Name)
	metrics.SetNamespace(pod.Namespace)
	metrics.SetLabels(pod.Labels)
	c.Put(metrics)
	c.endpoints(pod)
	return nil
}

// endpoints puts the pod behind the Services that its name begins.
func (c *Cluster) endpoints(pod *corev1.Pod) {
	yes, number := true, int32(8080)
	names := []string{strings.TrimSuffix(pod.Name, PodName(""))}
	if names[0] == "open-webui" {
		names = append(names, "open-webui-headless")
	} else {
		number = 11434
	}
	for _, name := range names {
		c.put(&discoveryv1.EndpointSlice{
			TypeMeta:   metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: pod.Namespace, Labels: map[string]string{discoveryv1.LabelServiceName: name}},
			Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"10.1.2.3"}, Conditions: discoveryv1.EndpointConditions{Ready: &yes}}},
			Ports:      []discoveryv1.EndpointPort{{Port: &number}},
		})
	}
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
