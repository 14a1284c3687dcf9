// Package argocd asks the engine that Argo CD syncs with what it deletes of
// hearth's trees.
package argocd

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	gosync "sync"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/internal/testing/built"
)

var stacks = flag.Uint64("stacks", 30, "how many random stacks")

// cluster answers what kinds it has, and remembers what is deleted.
type cluster struct {
	mapper  meta.RESTMapper
	kinds   map[schema.GroupVersion]*metav1.APIResourceList
	mu      gosync.Mutex // the engine deletes several at once
	deleted map[string]bool
}

// add makes the kind of an object known, and returns the object's path.
func (c *cluster) add(t *testing.T, u *unstructured.Unstructured) string {
	t.Helper()
	gvk := u.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		t.Fatal(err)
	}
	path := root(gvk.GroupVersion())
	if c.kinds[gvk.GroupVersion()] == nil {
		c.kinds[gvk.GroupVersion()] = &metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gvk.GroupVersion().String()}
	}
	list := c.kinds[gvk.GroupVersion()]
	list.APIResources = append(list.APIResources, metav1.APIResource{
		Name: mapping.Resource.Resource, Kind: gvk.Kind, Namespaced: mapping.Scope.Name() == meta.RESTScopeNameNamespace,
		Verbs: metav1.Verbs{"get", "delete", "patch"},
	})
	if u.GetNamespace() != "" {
		path += "/namespaces/" + u.GetNamespace()
	}
	return path + "/" + mapping.Resource.Resource + "/" + u.GetName()
}

func root(gv schema.GroupVersion) string {
	if gv.Group == "" {
		return "/api/" + gv.Version
	}
	return "/apis/" + gv.String()
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var answer any = metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusSuccess}
	if r.Method == http.MethodDelete {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.deleted[r.URL.Path] = true
	} else {
		found := false
		for gv, list := range c.kinds {
			if r.URL.Path == root(gv) {
				answer, found = list, true
			}
		}
		if !found {
			http.NotFound(w, r)
			return
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// A tree that left Git is deleted by a sync that prunes, but for what holds data.
func TestPruneKeepsData(t *testing.T) {
	var left built.Outcome
	for _, overlay := range built.Overlays(t, "../../hearth.yaml", *stacks) {
		c := &cluster{
			mapper: testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme),
			kinds:  map[schema.GroupVersion]*metav1.APIResourceList{}, deleted: map[string]bool{},
		}
		tree := built.Builtin(t, overlay)
		paths := map[*unstructured.Unstructured]string{}
		live := map[kube.ResourceKey]*unstructured.Unstructured{}
		for i, u := range tree {
			u.SetUID(types.UID(strconv.Itoa(i)))
			paths[u], live[kube.GetResourceKey(u)] = c.add(t, u), u
		}
		if phase, message := prune(t, c, live); phase != common.OperationSucceeded {
			t.Fatalf("the sync is %s: %s", phase, message)
		}
		left.Count(t, tree, func(u *unstructured.Unstructured) bool { return !c.deleted[paths[u]] })
	}
	left.Some(t)
}

// prune syncs a cluster with a Git repository that has nothing any more.
func prune(t *testing.T, c *cluster, live map[kube.ResourceKey]*unstructured.Unstructured) (common.OperationPhase, string) {
	t.Helper()
	server := httptest.NewServer(c)
	defer server.Close()
	config := &rest.Config{Host: server.URL}
	result := sync.Reconcile(nil, live, "", nil)
	run, cleanup, err := sync.NewSyncContext("HEAD", result, config, config, &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}, "default",
		sync.WithPrune(true), sync.WithLogr(logr.Discard()))
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	for range 2 * len(live) { // one step for each wave
		run.Sync()
		phase, message, results := run.GetState()
		if phase.Completed() {
			var failed []string
			for _, r := range results {
				if r.Status == common.ResultCodeSyncFailed {
					failed = append(failed, r.Message)
				}
			}
			return phase, message + " " + strings.Join(failed, "; ")
		}
	}
	phase, message, _ := run.GetState()
	return phase, message
}
