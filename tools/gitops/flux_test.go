// Package gitops asks the code of Flux, Helm and kpt what they make of hearth's
// trees: whether Flux's substitution rewrites an object, and whether a claim that
// left Git is deleted.
package gitops

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/hearth-dev/hearth/internal/testing/built"
)

var stacks = flag.Uint64("stacks", 30, "how many random stacks")

// kustomization is Flux's own, which has variables.
var kustomization = unstructured.Unstructured{Object: map[string]any{
	"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
	"metadata": map[string]any{"name": "ai", "namespace": "flux-system"},
	"spec":     map[string]any{"prune": true, "postBuild": map[string]any{"substitute": map[string]any{"DOMAIN": "example.org", "part": "evil", "models": "evil"}}},
}}

func TestSubstitutionChangesNothing(t *testing.T) {
	asked := 0
	for _, build := range built.Overlays(t, "../../hearth.yaml", *stacks) {
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

// What Flux applies of a stack with variables is what hearth makes of the stack
// with the values written in it.
func TestVariablesAreSubstituted(t *testing.T) {
	const file = "../../examples/homes/flux-variables/hearth.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// As private as hearth takes a provider for whose name it cannot see.
	values := map[string]string{"SECRET_DOMAIN": "home.arpa"}
	plain := filepath.Join(t.TempDir(), "hearth.yaml")
	if err := os.WriteFile(plain, built.Written(t, text, values), 0o600); err != nil {
		t.Fatal(err)
	}
	k := unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"postBuild": map[string]any{"substitute": map[string]any{"SECRET_DOMAIN": "home.arpa"}}}}}
	want := built.Overlays(t, plain, 0)
	rewritten := 0
	for i, build := range built.Overlays(t, file, 0) {
		for _, r := range build.Resources() {
			before := r.MustYaml()
			got, err := kustomize.SubstituteVariables(t.Context(), nil, k, r, kustomize.SubstituteWithStrict(true))
			if err != nil || got == nil {
				t.Fatalf("%s: got %v, %v", r.CurId(), got, err)
			}
			written, err := want[i].GetByCurrentId(got.CurId())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(written.MustYaml(), got.MustYaml()); diff != "" {
				t.Errorf("%s (-written +applied):\n%s", got.CurId(), diff)
			}
			if got.MustYaml() != before {
				rewritten++
			}
		}
	}
	if rewritten < 4 {
		t.Errorf("Flux put values into %d objects, want the claims, the chat and the route", rewritten)
	}
}

// What Flux would rewrite is seen: the test can fail.
func TestSubstitutionIsSeen(t *testing.T) {
	for _, build := range built.Overlays(t, "../../hearth.yaml", 0) {
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

// A tree that left Git is deleted, but for what holds data. The options are
// those of kustomize-controller v1.9.6.
func TestPruneKeepsData(t *testing.T) {
	var left built.Outcome
	for _, build := range built.Overlays(t, "../../hearth.yaml", *stacks/4) {
		c := fake.NewClientBuilder().WithScheme(scheme.Scheme).Build()
		manager := ssa.NewResourceManager(c, nil, ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"})
		all := built.Builtin(t, build)
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
		left.Count(t, all, func(u *unstructured.Unstructured) bool { return there(t.Context(), c, u) })
	}
	left.Some(t)
}

func there(ctx context.Context, c client.Client, u *unstructured.Unstructured) bool {
	got := &unstructured.Unstructured{}
	got.SetGroupVersionKind(u.GroupVersionKind())
	return c.Get(ctx, client.ObjectKeyFromObject(u), got) == nil
}
