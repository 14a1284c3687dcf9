// Package gitops asks the code of Flux, Helm and kpt what they make of hearth's
// trees: whether Flux's substitution rewrites an object, and whether a claim that
// left Git is deleted.
package gitops

import (
	"context"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
)

var stacks = flag.Uint64("stacks", 30, "how many random stacks")

// builds are the overlays of the committed stack and of random ones.
func builds(t *testing.T, random uint64) []resmap.ResMap {
	t.Helper()
	committed, err := os.ReadFile("../../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := [][]byte{committed}
	for seed := range random {
		texts = append(texts, randomstack.Draw(seed))
	}
	var all []resmap.ResMap
	for _, text := range texts {
		stack, _ := generator.Load("hearth.yaml", text)
		if stack == nil {
			continue // package randomstack tests how many are refused
		}
		files, problems := generator.Generate(stack)
		if problems.Err() != nil {
			continue
		}
		fsys := filesys.MakeFsInMemory()
		for _, f := range files {
			if err := fsys.WriteFile(f.Path, f.Data); err != nil {
				t.Fatal(err)
			}
		}
		for _, o := range stack.Overlays {
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "overlays/"+o.Name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, built)
		}
	}
	t.Logf("%d overlays", len(all))
	return all
}

// kustomization is Flux's own, which has variables.
var kustomization = unstructured.Unstructured{Object: map[string]any{
	"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
	"metadata": map[string]any{"name": "ai", "namespace": "flux-system"},
	"spec":     map[string]any{"prune": true, "postBuild": map[string]any{"substitute": map[string]any{"DOMAIN": "example.org", "part": "evil", "models": "evil"}}},
}}

func TestSubstitutionChangesNothing(t *testing.T) {
	asked := 0
	for _, build := range builds(t, *stacks) {
		for _, r := range build.Resources() {
			before := r.MustYaml()
			got, err := kustomize.SubstituteVariables(t.Context(), nil, kustomization, r, kustomize.SubstituteWithStrict(true))
			if err != nil {
				t.Errorf("%s: %v", r.CurId(), err)
				continue
			}
			asked++
			if got == nil { // it is told to leave the object alone
				continue
			}
			if diff := cmp.Diff(before, got.MustYaml()); diff != "" {
				t.Errorf("%s is rewritten (-built +applied):\n%s", r.CurId(), diff)
			}
		}
	}
	t.Logf("%d objects", asked)
}

// What Flux would rewrite is seen: the test can fail.
func TestSubstitutionIsSeen(t *testing.T) {
	for _, build := range builds(t, 0) {
		for _, r := range build.Resources() {
			if err := r.SetAnnotations(map[string]string{"note": "${part%-*}"}); err != nil {
				t.Fatal(err)
			}
			before := r.MustYaml()
			got, err := kustomize.SubstituteVariables(t.Context(), nil, kustomization, r)
			if err != nil || got.MustYaml() == before {
				t.Fatalf("%s: Flux rewrites nothing, %v", r.CurId(), err)
			}
		}
	}
}

// builtin are the objects of Kubernetes' own kinds; those of controllers hold no data.
func builtin(t *testing.T, build resmap.ResMap) []*unstructured.Unstructured {
	t.Helper()
	var all []*unstructured.Unstructured
	for _, r := range build.Resources() {
		data, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		u := &unstructured.Unstructured{}
		if err := u.UnmarshalJSON(data); err != nil {
			t.Fatal(err)
		}
		if scheme.Scheme.Recognizes(u.GroupVersionKind()) {
			all = append(all, u)
		}
	}
	return all
}

// outcome counts what a prune left.
type outcome struct{ kept, deleted int }

// count holds what is there to what hearth means to keep: it says so to Helm.
func (o *outcome) count(t *testing.T, all []*unstructured.Unstructured, there func(*unstructured.Unstructured) bool) {
	t.Helper()
	for _, u := range all {
		want := u.GetAnnotations()["helm.sh/resource-policy"] == "keep"
		if got := there(u); got != want {
			t.Errorf("%s %s/%s: there after the prune: %t, want %t", u.GetKind(), u.GetNamespace(), u.GetName(), got, want)
		}
		if want {
			o.kept++
		} else {
			o.deleted++
		}
	}
}

func (o *outcome) some(t *testing.T) {
	t.Helper()
	t.Logf("%d kept, %d deleted", o.kept, o.deleted)
	if o.kept == 0 || o.deleted == 0 {
		t.Errorf("%d objects were kept and %d deleted: want some of both", o.kept, o.deleted)
	}
}

// A tree that left Git is deleted, but for what holds data. The options are
// those of kustomize-controller v1.9.6.
func TestPruneKeepsData(t *testing.T) {
	var left outcome
	for _, build := range builds(t, *stacks/4) {
		c := fake.NewClientBuilder().WithScheme(scheme.Scheme).Build()
		manager := ssa.NewResourceManager(c, nil, ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"})
		all := builtin(t, build)
		manager.SetOwnerLabels(all, "ai", "flux-system")
		for _, u := range all {
			if err := c.Create(t.Context(), u.DeepCopy()); err != nil {
				t.Fatalf("%s %s: %v", u.GetKind(), u.GetName(), err)
			}
		}
		if _, err := manager.DeleteAll(t.Context(), slices.Clone(all), ssa.DeleteOptions{
			Inclusions: manager.GetOwnerLabels("ai", "flux-system"),
			Exclusions: map[string]string{
				"kustomize.toolkit.fluxcd.io/prune": "disabled", "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
				"kustomize.toolkit.fluxcd.io/ssa": "Ignore",
			},
		}); err != nil {
			t.Fatal(err)
		}
		left.count(t, all, func(u *unstructured.Unstructured) bool { return there(t.Context(), c, u) })
	}
	left.some(t)
}

func there(ctx context.Context, c client.Client, u *unstructured.Unstructured) bool {
	got := &unstructured.Unstructured{}
	got.SetGroupVersionKind(u.GroupVersionKind())
	return c.Get(ctx, client.ObjectKeyFromObject(u), got) == nil
}
