package fakecluster

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// Object is a whole Kubernetes object.
type Object = unstructured.Unstructured

// kind is what the API server knows of a kind.
type kind struct {
	schema.GroupVersionKind
	resource    string
	clusterWide bool
}

// Server is an API server.
type Server struct {
	*httptest.Server

	mu      sync.Mutex
	kinds   []kind
	objects []*Object
	logs    map[string]string // by namespace/pod/container
	ports   map[string]string // by namespace/pod:port, the address behind it
	denied  map[string]bool   // resources that nobody may use
	broken  map[string]bool   // groups that do not answer
	network *Network          // nil if nothing may be written
	version string
	summary []func() any // the kubelet's figures of pods

	// MeasuredAt is when the kubelet measured. Default: in a hundred years, and so
	// after whatever a test does.
	MeasuredAt string
	// OnLog is called after a log was read, before its reader has it; nil for nothing.
	OnLog func()
}

func newServer() *Server {
	s := &Server{MeasuredAt: "2126-01-01T00:00:00Z", logs: map[string]string{}, ports: map[string]string{}, denied: map[string]bool{}, broken: map[string]bool{}}
	core := schema.GroupVersion{Version: "v1"}
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	networking := schema.GroupVersion{Group: "networking.k8s.io", Version: "v1"}
	gateway := schema.GroupVersion{Group: "gateway.networking.k8s.io", Version: "v1"}
	s.kinds = []kind{
		{core.WithKind("Namespace"), "namespaces", true},
		{core.WithKind("Pod"), "pods", false},
		{core.WithKind("Service"), "services", false},
		{core.WithKind("ServiceAccount"), "serviceaccounts", false},
		{core.WithKind("Secret"), "secrets", false},
		{core.WithKind("ConfigMap"), "configmaps", false},
		{core.WithKind("PersistentVolumeClaim"), "persistentvolumeclaims", false},
		{core.WithKind("Event"), "events", false},
		{core.WithKind("Node"), "nodes", true},
		{apps.WithKind("Deployment"), "deployments", false},
		{apps.WithKind("StatefulSet"), "statefulsets", false},
		{apps.WithKind("DaemonSet"), "daemonsets", false},
		{networking.WithKind("NetworkPolicy"), "networkpolicies", false},
		{networking.WithKind("Ingress"), "ingresses", false},
		{networking.WithKind("IngressClass"), "ingressclasses", true},
		{schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}, "poddisruptionbudgets", false},
		{schema.GroupVersionKind{Group: "storage.k8s.io", Version: "v1", Kind: "StorageClass"}, "storageclasses", true},
		{schema.GroupVersionKind{Group: "discovery.k8s.io", Version: "v1", Kind: "EndpointSlice"}, "endpointslices", false},
		{schema.GroupVersionKind{Group: "cert-manager.io", Version: "v1", Kind: "Certificate"}, "certificates", false},
		{schema.GroupVersionKind{Group: "cert-manager.io", Version: "v1", Kind: "Issuer"}, "issuers", false},
		{schema.GroupVersionKind{Group: "cert-manager.io", Version: "v1", Kind: "ClusterIssuer"}, "clusterissuers", true},
		{schema.GroupVersionKind{Group: "k8s.nginx.org", Version: "v1", Kind: "Policy"}, "policies", false},
		{schema.GroupVersionKind{Group: "traefik.io", Version: "v1alpha1", Kind: "Middleware"}, "middlewares", false},
		{schema.GroupVersionKind{Group: "traefik.io", Version: "v1alpha1", Kind: "IngressRoute"}, "ingressroutes", false},
		{gateway.WithKind("GatewayClass"), "gatewayclasses", true},
		{gateway.WithKind("Gateway"), "gateways", false},
		{gateway.WithKind("HTTPRoute"), "httproutes", false},
		{schema.GroupVersionKind{Group: "metrics.k8s.io", Version: "v1beta1", Kind: "PodMetrics"}, "pods", false},
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// NewEmpty starts an API server without an object. Close it in the end.
func NewEmpty() *Server { return newServer() }

// Know adds kinds that the server does not know, each as one with namespaces or
// without.
func (s *Server) Know(namespaced bool, all ...schema.GroupVersionKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range all {
		if !slices.ContainsFunc(s.kinds, func(known kind) bool { return known.GroupVersionKind == k }) {
			plural, _ := meta.UnsafeGuessKindToResource(k)
			s.kinds = append(s.kinds, kind{k, plural.Resource, !namespaced})
		}
	}
}

// Version of Kubernetes that it says it is.
func (s *Server) Version() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.version, "v1.34.4")
}

// Update makes it, and its nodes, another version of Kubernetes.
func (s *Server) Update(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version = version
	for _, o := range s.objects {
		if o.GetKind() == "Node" {
			set(o, version, "status", "nodeInfo", "kubeletVersion")
		}
	}
}

// Config reaches the server.
func (s *Server) Config() *rest.Config { return &rest.Config{Host: s.URL} }

// Remove takes a group's kinds away: a cluster without cert-manager.
func (s *Server) Remove(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []kind
	for _, k := range s.kinds {
		if k.Group != group {
			kept = append(kept, k)
		}
	}
	s.kinds = kept
}

// Break makes a group's API service unavailable: discovery names it, and it does not
// answer.
func (s *Server) Break(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken[group] = true
}

// Deny forbids a resource, such as secrets or pods/portforward.
func (s *Server) Deny(resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[resource] = true
}

// Put adds objects.
func (s *Server) Put(objects ...*Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects = append(s.objects, objects...)
}

// Change changes the objects of a kind and a name.
func (s *Server) Change(kind, name string, change func(*Object)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, o := range s.objects {
		if o.GetKind() == kind && o.GetName() == name {
			change(o)
			found = true
		}
	}
	if !found {
		panic("fakecluster: no " + kind + " " + name)
	}
}

// Delete removes the objects of a kind and a name.
func (s *Server) Delete(kind, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []*Object
	for _, o := range s.objects {
		if o.GetKind() != kind || o.GetName() != name {
			kept = append(kept, o)
		}
	}
	if len(kept) == len(s.objects) {
		panic("fakecluster: no " + kind + " " + name)
	}
	s.objects = kept
}

// Log sets the log of a container.
func (s *Server) Log(namespace, pod, container, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[namespace+"/"+pod+"/"+container] = text
}

// Measure is what the kubelet says of the one container of a pod: the bytes that no
// file backs, and the working set. The last word counts.
func (s *Server) Measure(namespace, pod, container string, anonymous, workingSet int64) {
	s.measure(namespace, pod, container, func() (int64, int64) { return anonymous, workingSet })
}

func (s *Server) measure(namespace, pod, container string, figures func() (anonymous, workingSet int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summary = append(s.summary, func() any {
		anonymous, workingSet := figures()
		return map[string]any{
			"podRef": map[string]any{"namespace": namespace, "name": pod},
			"containers": []any{map[string]any{"name": container, "memory": map[string]any{
				"time": s.MeasuredAt, "workingSetBytes": workingSet, "rssBytes": anonymous, "usageBytes": workingSet + 1<<30,
			}}},
		}
	})
}

// Unplug makes a pod's port refuse connections.
func (s *Server) Unplug(namespace, pod, port string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ports, namespace+"/"+pod+":"+port)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/version":
		answer(w, http.StatusOK, map[string]any{"major": "1", "minor": "34", "gitVersion": s.Version()})
	case len(path) == 1:
		s.groups(w, path[0])
	case path[0] == "apis" && s.isBroken(path[1]):
		refuse(w, http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable, "service unavailable")
	case path[0] == "api" && len(path) == 2:
		s.resources(w, schema.GroupVersion{Version: path[1]})
	case path[0] == "apis" && len(path) == 3:
		s.resources(w, schema.GroupVersion{Group: path[1], Version: path[2]})
	case path[0] == "api":
		s.objectsOf(w, r, schema.GroupVersion{Version: path[1]}, path[2:])
	case path[0] == "apis" && len(path) > 3:
		s.objectsOf(w, r, schema.GroupVersion{Group: path[1], Version: path[2]}, path[3:])
	default:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such path")
	}
}

func (s *Server) isBroken(group string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken[group]
}

// objectsOf answers what stands below a group's version.
func (s *Server) objectsOf(w http.ResponseWriter, r *http.Request, gv schema.GroupVersion, path []string) {
	namespace := ""
	if path[0] == "namespaces" && len(path) > 2 {
		namespace, path = path[1], path[2:]
	}
	switch {
	case len(path) == 5 && path[0] == "nodes" && strings.HasSuffix(r.URL.Path, "/proxy/stats/summary"):
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.denied["nodes/proxy"] {
			forbid(w, "nodes/proxy")
			return
		}
		pods := []any{}
		for _, figures := range s.summary {
			pods = append(pods, figures())
		}
		answer(w, http.StatusOK, map[string]any{"node": map[string]any{"nodeName": path[1]}, "pods": pods})
	case len(path) == 3 && path[2] == "log":
		s.log(w, r, namespace, path[1])
	case len(path) == 3 && path[2] == "portforward":
		s.portForward(w, r, namespace, path[1])
	case len(path) <= 2:
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, k := range s.kinds {
			if k.GroupVersion() == gv && k.resource == path[0] {
				s.get(w, r, k, namespace, path[1:])
				return
			}
		}
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	default:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "no such path")
	}
}

// get answers one object, or a list if no name is given.
func (s *Server) get(w http.ResponseWriter, r *http.Request, k kind, namespace string, name []string) {
	if r.Method != http.MethodGet {
		s.write(w, r, k, namespace, name)
		return
	}
	if s.denied[k.resource] {
		forbid(w, k.resource)
		return
	}
	byLabel, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	byField, err := fields.ParseSelector(r.URL.Query().Get("fieldSelector"))
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	items := []any{}
	for _, o := range s.objects {
		everywhere := namespace == "" && len(name) == 0
		if o.GroupVersionKind() != k.GroupVersionKind || o.GetNamespace() != namespace && !everywhere {
			continue
		}
		if len(name) == 1 {
			if o.GetName() == name[0] {
				answer(w, http.StatusOK, o.Object)
				return
			}
			continue
		}
		if byLabel.Matches(labels.Set(o.GetLabels())) && byField.Matches(eventFields(o)) {
			items = append(items, o.Object)
		}
	}
	if len(name) == 1 {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, k.resource+" \""+name[0]+"\" not found")
		return
	}
	list := map[string]any{}
	if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && limit > 0 {
		from, _ := strconv.Atoi(r.URL.Query().Get("continue")) // none is the first page
		if to := from + limit; to < len(items) {
			list["continue"] = strconv.Itoa(to)
			items = items[:to]
		}
		items = items[min(from, len(items)):]
	}
	answer(w, http.StatusOK, map[string]any{"apiVersion": k.GroupVersion().String(), "kind": k.Kind + "List", "metadata": list, "items": items})
}

// eventFields are what events can be selected by.
func eventFields(o *Object) fields.Set {
	text := func(path ...string) string {
		s, _, _ := unstructured.NestedString(o.Object, path...)
		return s
	}
	return fields.Set{
		"involvedObject.kind": text("involvedObject", "kind"),
		"involvedObject.name": text("involvedObject", "name"),
		"type":                text("type"),
	}
}

func (s *Server) log(w http.ResponseWriter, r *http.Request, namespace, pod string) {
	s.mu.Lock()
	text, ok := s.logs[namespace+"/"+pod+"/"+r.URL.Query().Get("container")]
	s.mu.Unlock()
	if s.OnLog != nil {
		s.OnLog()
	}
	if !ok {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "the container has no log")
		return
	}
	_, _ = w.Write([]byte(text))
}

func forbid(w http.ResponseWriter, resource string) {
	refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, resource+" is forbidden: User \"test\" cannot use resource")
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, reason metav1.StatusReason, message string) {
	answer(w, status, metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Code: int32(status), Reason: reason, Message: message,
	})
}
