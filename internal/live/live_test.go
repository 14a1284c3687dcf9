package live_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/live"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/vet"
)

var apiserver = flag.String("apiserver", "", "etcd and kube-apiserver, joined by a comma: the objects are applied to a real API server")

// onlyFiles are the rules about what only a file can say.
var onlyFiles = []string{"schema", "schema-unknown", "drift", "snapshot-once", "secret-object"}

// more is found on a cluster: of files nobody knows what an object of another kind
// makes, on a cluster it is there or not.
var more = map[string][]string{
	"route-timeout-pass-none": {"warning dangling Ingress/ai/web spec: leads to the Service web, which is not in the namespace; correct the name, the port or the labels, or accept it with an exception if it is made elsewhere"},
}

// world is where objects are applied.
type world interface {
	// apply applies objects, with what controllers make of them, and reports
	// whether all were taken.
	apply(t *testing.T, all []objects.Object) bool
	// clear deletes everything again.
	clear(t *testing.T)
	config() *rest.Config
}

// TestAlike holds the findings in what is on a cluster against those in the files
// that were applied to it.
func TestAlike(t *testing.T) {
	w := start(t)
	looked, findings, refused := 0, 0, 0
	for name, all := range trees(t) {
		t.Run(name, func(t *testing.T) {
			defer w.clear(t)
			if !w.apply(t, copied(t, all)) {
				refused++
				t.Skip("refused")
			}
			want := append(lines(vet.New().Check(all, vet.Facts{})), more[name]...)
			slices.Sort(want)
			calls := &recorder{}
			config := rest.CopyConfig(w.config())
			config.Wrap(calls.wrap)
			in, err := live.Read(t.Context(), live.Options{Config: config, Namespaces: namespaces(all)})
			if err != nil {
				t.Fatal(err)
			}
			got := vet.New().Cluster(in)
			if diff := cmp.Diff(want, lines(got.Findings)); diff != "" {
				t.Errorf("findings in the files (-), and on the cluster (+):\n%s", diff)
			}
			if len(got.Unseen) > 0 && got.Workloads > 0 {
				t.Errorf("not seen: %v", got.Unseen)
			}
			calls.only(t)
			looked, findings = looked+1, findings+len(want)
		})
	}
	t.Logf("%d trees with %d findings, %d more have an object that the API server refuses", looked, findings, refused)
	if looked < 40 || findings < 200 {
		t.Errorf("only %d trees with %d findings were looked at", looked, findings)
	}
}

// trees are the committed overlays, and the fixtures of vet that are objects alone.
func trees(t *testing.T) map[string][]objects.Object {
	t.Helper()
	all := overlays(t)
	for _, pattern := range []string{"../vet/testdata/rules/*/*.txtar", "../vet/testdata/foreign/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 2 {
			t.Fatalf("%s: %d files: %v", pattern, len(files), err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range archive.Files {
				if found, err := vet.Decode(f.Data); f.Name == "objects.yaml" && err == nil && fit(found) {
					all[filepath.Base(filepath.Dir(file))+"-"+strings.TrimSuffix(filepath.Base(file), ".txtar")] = placed(found)
				}
			}
		}
	}
	return all
}

// overlays are the committed ones.
func overlays(t *testing.T) map[string][]objects.Object {
	t.Helper()
	all := map[string][]objects.Object{}
	data, err := os.ReadFile("../../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems)
	}
	for _, o := range stack.Overlays {
		all["overlay-"+o.Name], problems = generator.Objects(stack, o.Name)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// fit reports whether a cluster can have the objects as they are, and what they
// have deployed with them is nothing that only a file says.
func fit(all []objects.Object) bool {
	seen := map[objects.Ref]bool{}
	for _, o := range all {
		ref := objects.RefOf(o)
		deploys := strings.HasSuffix(ref.Group(), "toolkit.fluxcd.io") && ref.Kind != "Kustomization" || strings.HasSuffix(ref.Group(), "cattle.io") || ref.Group() == "argoproj.io"
		if seen[ref] || ref.Kind == "" || ref.Name == "" || deploys {
			return false
		}
		seen[ref] = true
	}
	return true
}

// clusterWide are the kinds without a namespace in the fixtures.
var clusterWide = []string{
	"Namespace", "PersistentVolume", "IngressClass", "GatewayClass", "ClusterRole", "ClusterRoleBinding", "ClusterIssuer", "StorageClass", "CustomResourceDefinition",
	"CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "PriorityClass", "Node",
}

// placed are objects in the namespaces to which kubectl applies them.
func placed(all []objects.Object) []objects.Object {
	for _, o := range all {
		ref := objects.RefOf(o)
		switch meta := objects.Child(o, "metadata"); {
		case slices.Contains(clusterWide, ref.Kind):
			delete(meta, "namespace")
		case ref.Namespace == "":
			meta["namespace"] = "default"
		}
	}
	return all
}

func namespaces(all []objects.Object) []string {
	found := map[string]bool{}
	for _, o := range all {
		if ref := objects.RefOf(o); ref.Namespace != "" {
			found[ref.Namespace] = true
		} else if ref.Is("", "Namespace") {
			found[ref.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func copied(t *testing.T, all []objects.Object) []objects.Object {
	t.Helper()
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var out []objects.Object
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func lines(found []vet.Finding) []string {
	var all []string
	for _, f := range found {
		copied := strings.Contains(f.Path, "last-applied-configuration") // which each object has that kubectl applied
		if !slices.Contains(onlyFiles, f.Rule) && !copied {
			all = append(all, fmt.Sprintf("%s %s %s %s: %s; %s", f.Severity, f.Rule, f.Object, f.Path, f.Message, f.Fix))
		}
	}
	slices.Sort(all)
	return all
}

// recorder notes what is asked of an API server.
type recorder struct {
	mu    sync.Mutex
	calls []string
}

func (r *recorder) wrap(next http.RoundTripper) http.RoundTripper { return recording{r, next} }

type recording struct {
	*recorder
	next http.RoundTripper
}

func (r recording) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.calls = append(r.calls, request.Method+" "+request.URL.String())
	r.mu.Unlock()
	return r.next.RoundTrip(request)
}

// only wants nothing but get and list, and never of Secrets.
func (r *recorder) only(t *testing.T) {
	t.Helper()
	if len(r.calls) == 0 {
		t.Error("nothing was asked")
	}
	for _, call := range r.calls {
		if !strings.HasPrefix(call, "GET ") || strings.Contains(call, "watch=") || strings.Contains(call, "/secrets") {
			t.Errorf("asked for %s", call)
		}
	}
}

func start(t *testing.T) world {
	t.Helper()
	if *apiserver != "" {
		return startReal(t)
	}
	w := &fake{Server: fakecluster.NewEmpty()}
	t.Cleanup(func() { w.Close() })
	return w
}

// fake is a world whose server keeps objects as they come.
type fake struct{ *fakecluster.Server }

func (f *fake) config() *rest.Config { return f.Config() }

func (f *fake) clear(*testing.T) {
	f.Close()
	f.Server = fakecluster.NewEmpty()
}

func (f *fake) apply(_ *testing.T, all []objects.Object) bool {
	for _, o := range all {
		u := &unstructured.Unstructured{Object: o}
		f.Know(u.GetNamespace() != "", u.GroupVersionKind())
	}
	for _, name := range namespaces(all) {
		if name != strings.ToLower(name) {
			return false
		}
		if !slices.ContainsFunc(all, func(o objects.Object) bool {
			return objects.RefOf(o) == objects.Ref{APIVersion: "v1", Kind: "Namespace", Name: name}
		}) {
			all = append(all, objects.Object{"apiVersion": "v1", "kind": "Namespace", "metadata": objects.Object{"name": name}})
		}
	}
	for i, o := range all {
		u := &unstructured.Unstructured{Object: o}
		meta := objects.Child(o, "metadata")
		meta["uid"] = fmt.Sprintf("uid-%d", i)
		meta["managedFields"] = []any{map[string]any{"manager": "kubectl"}}
		meta["resourceVersion"], meta["creationTimestamp"] = "1", "2026-01-01T00:00:00Z"
		o["status"] = objects.Object{"observedGeneration": 1.0}
		annotations := u.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		text, _ := json.Marshal(o) //nolint:errchkjson // it was decoded from JSON
		annotations["kubectl.kubernetes.io/last-applied-configuration"] = string(text)
		u.SetAnnotations(annotations)
		f.Put(u)
		for _, child := range children(u) {
			f.Know(true, child.GroupVersionKind())
			f.Put(child)
		}
	}
	return true
}

// children are what controllers make of a workload, two deep, and of a Service.
func children(u *unstructured.Unstructured) []*unstructured.Unstructured {
	child := func(of *unstructured.Unstructured, version, kind, suffix string, spec any) *unstructured.Unstructured {
		c := &unstructured.Unstructured{Object: map[string]any{"apiVersion": version, "kind": kind, "spec": spec}}
		c.SetNamespace(of.GetNamespace())
		c.SetName(of.GetName() + suffix)
		c.SetUID(of.GetUID() + "-child")
		_ = unstructured.SetNestedSlice(c.Object, []any{map[string]any{"apiVersion": of.GetAPIVersion(), "kind": of.GetKind(), "name": of.GetName(), "uid": string(of.GetUID()), "controller": true}}, "metadata", "ownerReferences")
		return c
	}
	template := objects.TemplatePath(objects.RefOf(u.Object))
	switch {
	case u.GetKind() == "Deployment" && u.GroupVersionKind().Group == "apps":
		set := child(u, "apps/v1", "ReplicaSet", "-6f9", objects.Object{"replicas": 1.0, "selector": objects.At(u.Object, "spec", "selector"), "template": objects.At(u.Object, template...)})
		return append([]*unstructured.Unstructured{set}, children(set)...)
	case u.GetKind() == "CronJob": // whose Jobs have pods that may be gone
		return nil
	case template != nil:
		pod := child(u, "v1", "Pod", "-x2x", objects.At(u.Object, append(template, "spec")...))
		labels, _, _ := unstructured.NestedStringMap(u.Object, append(template, "metadata", "labels")...)
		pod.SetLabels(labels)
		return []*unstructured.Unstructured{pod}
	case u.GetKind() == "Service" && u.GetAPIVersion() == "v1":
		slice := child(u, "discovery.k8s.io/v1", "EndpointSlice", "-abc", nil)
		delete(slice.Object, "spec")
		slice.SetLabels(map[string]string{"kubernetes.io/service-name": u.GetName()})
		slice.Object["addressType"], slice.Object["endpoints"], slice.Object["ports"] = "IPv4", []any{}, []any{}
		return []*unstructured.Unstructured{slice}
	}
	return nil
}
