package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// cluster is an API server that knows Secrets and refuses everything but to
// read and create them: a test in which hearth updates or deletes one fails.
type cluster struct {
	namespaces []string
	mu         sync.Mutex
	secrets    map[string]corev1.Secret // by the path of the object
}

// startCluster is a script command: cluster NAMESPACE... starts an API server with
// these namespaces and the Secrets of the files in secrets/, and writes a
// kubeconfig with the contexts lab (it) and gone (nobody listens).
func startCluster(ts *testscript.TestScript, _ bool, args []string) {
	c := &cluster{namespaces: args, secrets: map[string]corev1.Secret{}}
	entries, err := os.ReadDir(ts.MkAbs("secrets"))
	ts.Check(err)
	for _, entry := range entries {
		var s corev1.Secret
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("secrets/"+entry.Name())), &s))
		c.secrets["/api/v1/namespaces/"+s.Namespace+"/secrets/"+s.Name] = s
	}
	server := httptest.NewServer(c)
	ts.Defer(server.Close)
	config := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- {name: lab, cluster: {server: %q}}
- {name: gone, cluster: {server: "http://127.0.0.1:1"}}
contexts:
- {name: lab, context: {cluster: lab, user: ""}}
- {name: gone, context: {cluster: gone, user: ""}}
`, server.URL)
	ts.Check(os.WriteFile(ts.MkAbs("kubeconfig"), []byte(config), 0o600))
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	parts := strings.Split(r.URL.Path, "/") // "", api, v1, namespaces, NAMESPACE, secrets, NAME
	switch {
	case len(parts) < 6 || parts[5] != "secrets":
		answer(w, http.StatusNotFound, metav1.StatusReasonNotFound)
	case r.Method == http.MethodGet:
		s, ok := c.secrets[r.URL.Path]
		if !ok {
			answer(w, http.StatusNotFound, metav1.StatusReasonNotFound)
			return
		}
		reply(w, http.StatusOK, s)
	case r.Method != http.MethodPost:
		answer(w, http.StatusForbidden, metav1.StatusReasonForbidden)
	case !slices.Contains(c.namespaces, parts[4]):
		answer(w, http.StatusNotFound, metav1.StatusReasonNotFound)
	default:
		var s corev1.Secret
		body, err := io.ReadAll(r.Body)
		if err == nil { // protobuf, as the client prefers it, or JSON
			_, _, err = scheme.Codecs.UniversalDeserializer().Decode(body, nil, &s)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.Data = map[string][]byte{}
		for key, value := range s.StringData {
			s.Data[key] = []byte(value)
		}
		s.StringData = nil
		c.secrets[r.URL.Path+"/"+s.Name] = s
		reply(w, http.StatusCreated, s)
	}
}

func answer(w http.ResponseWriter, code int, reason metav1.StatusReason) {
	reply(w, code, metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Reason: reason, Code: int32(code), Message: string(reason),
	})
}

func reply(w http.ResponseWriter, code int, object any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(object) // a broken connection shows in the client
}
