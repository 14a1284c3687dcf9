package overlay_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// BenchmarkCompute has the size of a real overlay: a dozen objects, of which
// four change. Most of its time is kustomize's, which BenchmarkBuild measures.
func BenchmarkCompute(b *testing.B) {
	base, want, tree := benchmarkTree(b)
	for b.Loop() {
		if _, err := overlay.Compute(base, want, nil, builder(tree, "../base")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	_, _, tree := benchmarkTree(b)
	for b.Loop() {
		if _, err := overlay.Build(tree, "base"); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkTree(b *testing.B) (base, want []overlay.Object, tree map[string][]byte) {
	r := random{rand.New(rand.NewPCG(1, 1))}
	var files []string
	for i := range 12 {
		o := r.object(fmt.Sprintf("object-%d", i))
		base, want = append(base, o), append(want, o)
		if i%3 == 0 {
			for want[i] = o; fmt.Sprint(want[i]) == fmt.Sprint(o); {
				want[i] = r.changed(o)
			}
		}
		content, err := overlay.Manifest(o)
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, string(content))
	}
	return base, want, map[string][]byte{
		"base/kustomization.yaml": []byte("resources: [objects.yaml]\n"),
		"base/objects.yaml":       []byte(strings.Join(files, "---\n")),
	}
}
