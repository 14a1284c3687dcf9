package live_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hearth-dev/hearth/internal/live"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/vet"
)

func committed(t *testing.T) []objects.Object {
	t.Helper()
	return overlays(t)["overlay-homelab-nginx"]
}

func empty(t *testing.T) *fake {
	t.Helper()
	f := &fake{fakecluster.NewEmpty()}
	t.Cleanup(f.Close)
	return f
}

func read(t *testing.T, f *fake, namespaces ...string) vet.ClusterInput {
	t.Helper()
	in, err := live.Read(t.Context(), live.Options{Config: f.config(), Namespaces: namespaces})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func rules(r vet.Result) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Rule)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The namespaces where one of the programs is are found, and no others are read.
func TestSearch(t *testing.T) {
	f := empty(t)
	f.apply(t, copied(t, committed(t)))
	f.apply(t, []objects.Object{{"apiVersion": "v1", "kind": "Pod", "metadata": objects.Object{"name": "web", "namespace": "web"},
		"spec": objects.Object{"containers": []any{map[string]any{"name": "web", "image": "nginx"}}}}})
	in := read(t, f)
	if want := namespaces(committed(t)); !slices.Equal(in.Namespaces, want) {
		t.Errorf("got %q, want %q", in.Namespaces, want)
	}
	if r := vet.New().Cluster(in); r.Workloads != 2 || len(r.Findings)+len(r.Unseen) > 0 {
		t.Errorf("got %+v", r)
	}
	if in := read(t, f, "web"); len(in.Objects) != 2 {
		t.Errorf("got %v, want the namespace and its pod", in.Objects)
	}
	in = read(t, empty(t))
	if r := vet.New().Cluster(in); len(r.Unseen) != 1 || r.Unseen[0].What != "Ollama and Open WebUI" {
		t.Errorf("of an empty cluster: got %+v", r)
	}
}

// What the user may not read is named, and not said to be missing.
func TestForbidden(t *testing.T) {
	for _, test := range []struct {
		deny, what string
		not        []string // rules that say nothing
		found      []string // those that cannot follow a way
	}{
		{"networkpolicies", "NetworkPolicy", []string{"network-policy", "ollama-open"}, nil},
		{"services", "Service", []string{"dangling"}, []string{"exposure-unseen"}},
		{"serviceaccounts", "ServiceAccount", []string{"service-account-token", "dangling"}, nil},
		{"persistentvolumeclaims", "PersistentVolumeClaim", []string{"rolling-update", "dangling"}, nil},
		{"replicasets", "ReplicaSet", nil, nil},
		{"pods", "Pod", []string{"dangling"}, nil},
	} {
		t.Run(test.deny, func(t *testing.T) {
			f := empty(t)
			all := committed(t)
			f.apply(t, copied(t, all))
			f.Deny(test.deny)
			r := vet.New().Cluster(read(t, f, namespaces(all)...))
			if found := rules(r); len(found) > 0 && !slices.Equal(found, test.found) {
				t.Errorf("found %v", found)
			}
			text := fmt.Sprint(r.Unseen)
			for _, want := range append(test.not, test.what) {
				if !strings.Contains(text, want) {
					t.Errorf("not seen: %s\nwant %s", text, want)
				}
			}
		})
	}
	f := empty(t)
	f.apply(t, copied(t, committed(t)))
	for _, resource := range []string{"pods", "deployments", "statefulsets", "daemonsets"} {
		f.Deny(resource)
	}
	r := vet.New().Cluster(read(t, f))
	if len(r.Unseen) != 1 || !strings.Contains(r.Unseen[0].Fix, "--namespace") {
		t.Errorf("who may list nothing everywhere: got %+v", r.Unseen)
	}
}

// A list comes in pages, and one of too many objects is an error that says so.
func TestPages(t *testing.T) {
	f := empty(t)
	put := func(n int) {
		for i := range n {
			f.Put(&unstructured.Unstructured{Object: objects.Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": objects.Object{"name": fmt.Sprintf("c%d-%d", n, i), "namespace": "ai"}}})
		}
	}
	f.Put(&unstructured.Unstructured{Object: objects.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": objects.Object{"name": "ai"}}})
	put(250)
	if in := read(t, f, "ai"); len(in.Objects) != 251 {
		t.Errorf("got %d objects", len(in.Objects))
	}
	put(10_000)
	_, err := live.Read(t.Context(), live.Options{Config: f.config(), Namespaces: []string{"ai"}})
	if err == nil || !strings.Contains(err.Error(), "more than 10000 objects") {
		t.Errorf("got %v", err)
	}
	_, err = live.Read(t.Context(), live.Options{Config: f.config(), Namespaces: []string{"a1"}})
	if err == nil || !strings.Contains(err.Error(), `no namespace "a1"`) {
		t.Errorf("got %v", err)
	}
}

// An answer that does not end is an error.
func TestAnswer(t *testing.T) {
	f := empty(t)
	f.Put(&unstructured.Unstructured{Object: objects.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": objects.Object{"name": "ai"}}})
	f.Put(&unstructured.Unstructured{Object: objects.Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": objects.Object{"name": "huge", "namespace": "ai"},
		"data": objects.Object{"x": strings.Repeat("x", 33<<20)}}})
	_, err := live.Read(t.Context(), live.Options{Config: f.config(), Namespaces: []string{"ai"}})
	if err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("got %v", err)
	}
}

// Of an API that does not answer it is said.
func TestBroken(t *testing.T) {
	f := empty(t)
	f.apply(t, copied(t, committed(t)))
	f.Break("k8s.nginx.org")
	f.Break("metrics.k8s.io")
	in := read(t, f)
	if len(in.Unseen) != 1 || in.Unseen[0].What != "the kinds of k8s.nginx.org/v1" {
		t.Errorf("got %+v", in.Unseen)
	}
}
