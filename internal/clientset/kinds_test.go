package clientset_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/hearth-dev/hearth/internal/clientset"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
)

const gateway = "gateway.networking.k8s.io"

// kindsOf is what a server has, and how often it was asked.
func kindsOf(t *testing.T, s *fakecluster.Server) (*clientset.Kinds, *atomic.Int32) {
	t.Helper()
	t.Cleanup(s.Close)
	asked := &atomic.Int32{}
	config := s.Config()
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return counter{next, asked} })
	clients, err := clientset.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return clients.Kinds(), asked
}

type counter struct {
	http.RoundTripper
	asked *atomic.Int32
}

func (c counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func TestRESTMapping(t *testing.T) {
	s := fakecluster.NewEmpty()
	s.Know(true, schema.GroupVersionKind{Group: gateway, Version: "v1beta1", Kind: "HTTPRoute"}, schema.GroupVersionKind{Group: gateway, Version: "v1beta1", Kind: "ReferenceGrant"})
	s.Break("metrics.k8s.io")
	kinds, asked := kindsOf(t, s)
	for _, c := range []struct {
		group, kind, version string
		want                 string // the resource's version and name; "" if there is no such kind
		namespaced           bool
	}{
		{"", "Pod", "v1", "v1 pods", true},
		{"", "Pod", "", "v1 pods", true},
		{"", "Namespace", "v1", "v1 namespaces", false},
		{"apps", "Deployment", "v1", "v1 deployments", true},
		{gateway, "HTTPRoute", "", "v1 httproutes", true},
		{gateway, "HTTPRoute", "v1beta1", "v1beta1 httproutes", true},
		{gateway, "GatewayClass", "", "v1 gatewayclasses", false},
		{gateway, "ReferenceGrant", "", "v1beta1 referencegrants", true}, // not in the version that is preferred
		{gateway, "HTTPRoute", "v1alpha2", "", false},
		{gateway, "TCPRoute", "", "", false},
		{"example.com", "Pod", "", "", false},
		{"example.com", "Pod", "v1", "", false},
	} {
		got, err := kinds.RESTMapping(t.Context(), schema.GroupKind{Group: c.group, Kind: c.kind}, c.version)
		switch {
		case c.want == "" && !meta.IsNoMatchError(err):
			t.Errorf("%s %s %s: got %v, %v, want no match", c.group, c.version, c.kind, got, err)
		case c.want != "" && err != nil:
			t.Errorf("%s %s %s: %v", c.group, c.version, c.kind, err)
		case c.want != "" && (got.Resource.Group != c.group || got.Resource.Version+" "+got.Resource.Resource != c.want ||
			(got.Scope.Name() == meta.RESTScopeNameNamespace) != c.namespaced):
			t.Errorf("%s %s %s: got %v in the scope %s, want %s", c.group, c.version, c.kind, got.Resource, got.Scope.Name(), c.want)
		}
	}
	broken := schema.GroupKind{Group: "metrics.k8s.io", Kind: "PodMetrics"}
	if _, err := kinds.RESTMapping(t.Context(), broken, ""); err == nil || meta.IsNoMatchError(err) {
		t.Errorf("a group that nobody answers for: got %v", err)
	}
	before := asked.Load()
	if _, err := kinds.RESTMapping(t.Context(), schema.GroupKind{Group: gateway, Kind: "HTTPRoute"}, ""); err != nil || asked.Load() > before {
		t.Errorf("the second time: %v, and %d requests", err, asked.Load()-before)
	}
	// What is installed meanwhile is found.
	s.Know(true, schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Pod"})
	if _, err := kinds.RESTMapping(t.Context(), schema.GroupKind{Group: "example.com", Kind: "Pod"}, "v1"); err != nil {
		t.Errorf("a kind that was installed: %v", err)
	}
}

func TestPreferred(t *testing.T) {
	s := fakecluster.NewEmpty()
	s.Know(true, schema.GroupVersionKind{Group: gateway, Version: "v1beta1", Kind: "HTTPRoute"}, schema.GroupVersionKind{Group: gateway, Version: "v1alpha2", Kind: "TCPRoute"})
	s.Break("metrics.k8s.io")
	kinds, _ := kindsOf(t, s)
	all, silent, err := kinds.Preferred(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (schema.GroupVersion{Group: "metrics.k8s.io", Version: "v1beta1"}); len(silent) != 1 || silent[0] != want {
		t.Errorf("silent are %v, want %v", silent, want)
	}
	versions := map[string][]string{}
	for _, r := range all {
		versions[r.Group+" "+r.Kind] = append(versions[r.Group+" "+r.Kind], r.Version)
	}
	for kind, want := range map[string]string{" Pod": "v1", "apps Deployment": "v1", gateway + " HTTPRoute": "v1", gateway + " TCPRoute": "v1alpha2"} {
		if got := versions[kind]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: got the versions %q, want %q alone", kind, got, want)
		}
	}
}
