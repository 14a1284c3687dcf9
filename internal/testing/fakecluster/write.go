package fakecluster

import (
	"io"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// Network is what happens to pods that are created, which are named server and
// client: the client says in its log whether it reaches the server.
type Network struct {
	// Blocked keeps them apart always, Enforces once there is a policy.
	Blocked, Enforces bool
	// Created, if not nil, may change each object before it is there.
	Created func(*Object)
}

// Writable lets everybody create and delete objects. Without it all may only be
// read, and a test in which more is tried fails.
func (s *Server) Writable(n Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.network = &n
}

// Named are the names of all objects of a kind.
func (s *Server) Named(kind string) (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects {
		if o.GetKind() == kind {
			names = append(names, o.GetName())
		}
	}
	return names
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, k kind, namespace string, name []string) {
	switch {
	case s.network == nil || s.denied[k.resource]:
		forbid(w, k.resource)
	case r.Method == http.MethodPost && len(name) == 0:
		s.create(w, r, k, namespace)
	case r.Method == http.MethodDelete && len(name) == 1:
		s.remove(w, k, namespace, name[0])
	default:
		refuse(w, http.StatusMethodNotAllowed, metav1.StatusReasonMethodNotAllowed, r.Method)
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, k kind, namespace string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	typed, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	o, err := plain(typed)
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	o.SetGroupVersionKind(k.GroupVersionKind)
	o.SetNamespace(namespace)
	client := namespace + "/client/client"
	said := "open\n"
	switch k.Kind {
	case "Pod":
		set(o, "node-1", "spec", "nodeName")
		set(o, map[string]any{
			"phase": "Running", "podIP": "10.244.0.7",
			"containerStatuses": []any{map[string]any{"name": o.GetName(), "ready": true, "state": map[string]any{"running": map[string]any{}}}},
		}, "status")
		if s.network.Blocked {
			said = "closed\n"
		}
		s.logs[client] = strings.Repeat(said, 3)
	case "NetworkPolicy":
		if s.network.Enforces {
			s.logs[client] = strings.Repeat("closed\n", 3)
		}
	}
	if s.network.Created != nil {
		s.network.Created(o)
	}
	s.objects = append(s.objects, o)
	answer(w, http.StatusCreated, o.Object)
}

// remove deletes an object, and all that is in it if it is a namespace.
func (s *Server) remove(w http.ResponseWriter, k kind, namespace, name string) {
	var kept []*Object
	for _, o := range s.objects {
		is := o.GroupVersionKind() == k.GroupVersionKind && o.GetNamespace() == namespace && o.GetName() == name
		if !is && !(k.Kind == "Namespace" && o.GetNamespace() == name) {
			kept = append(kept, o)
		}
	}
	if len(kept) == len(s.objects) {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, k.resource+" \""+name+"\" not found")
		return
	}
	s.objects = kept
	answer(w, http.StatusOK, metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess})
}
