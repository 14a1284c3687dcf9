// Package built has overlays as kustomize builds them, for programs that say
// what they make of hearth's trees.
package built

import (
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
)

// Overlays are those of the stack in a file, and of as many random ones.
func Overlays(t *testing.T, file string, random uint64) []resmap.ResMap {
	t.Helper()
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	texts := [][]byte{committed}
	for seed := range random {
		texts = append(texts, randomstack.Draw(seed))
	}
	var all []resmap.ResMap
	for i, text := range texts {
		stack, _ := generator.Load("hearth.yaml", text)
		if stack != nil && i > 0 { // no program that looks at these puts values in
			if plain := Written(t, text, nil); plain != nil {
				stack, _ = generator.Load("hearth.yaml", plain)
			}
		}
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
			overlay, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "overlays/"+o.Name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, overlay)
		}
	}
	t.Logf("%d overlays", len(all))
	return all
}

// Builtin are the objects of Kubernetes' own kinds; those of controllers hold no data.
func Builtin(t *testing.T, overlay resmap.ResMap) []*unstructured.Unstructured {
	t.Helper()
	var all []*unstructured.Unstructured
	for _, r := range overlay.Resources() {
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

// Outcome counts what a prune has left.
type Outcome struct{ kept, deleted int }

// Count holds what is there to what hearth means to keep: it says so to Helm.
func (o *Outcome) Count(t *testing.T, all []*unstructured.Unstructured, there func(*unstructured.Unstructured) bool) {
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

// Some fails a test that has kept nothing, or deleted nothing.
func (o *Outcome) Some(t *testing.T) {
	t.Helper()
	t.Logf("%d kept, %d deleted", o.kept, o.deleted)
	if o.kept == 0 || o.deleted == 0 {
		t.Errorf("%d objects were kept and %d deleted: want some of both", o.kept, o.deleted)
	}
}
