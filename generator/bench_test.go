package generator_test

import (
	"os"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

func committed(b *testing.B) ([]byte, *v1alpha1.Resolved) {
	b.Helper()
	data, err := os.ReadFile("../hearth.yaml")
	if err != nil {
		b.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		b.Fatal(problems.Err())
	}
	return data, stack
}

func BenchmarkLoad(b *testing.B) {
	data, _ := committed(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if stack, problems := generator.Load("hearth.yaml", data); stack == nil {
			b.Fatal(problems.Err())
		}
	}
}

// BenchmarkGenerate makes all files of the committed stack, and builds each
// overlay to prove it.
func BenchmarkGenerate(b *testing.B) {
	_, stack := committed(b)
	for b.Loop() {
		if _, problems := generator.Generate(stack); problems.Err() != nil {
			b.Fatal(problems)
		}
	}
}

// BenchmarkObjects makes the objects of all overlays of the committed stack
// without files.
func BenchmarkObjects(b *testing.B) {
	_, stack := committed(b)
	for b.Loop() {
		for _, o := range stack.Overlays {
			if _, problems := generator.Objects(stack, o.Name); problems.Err() != nil {
				b.Fatal(problems)
			}
		}
	}
}

// BenchmarkKustomizeBuild is `kustomize build` of the same overlays, to compare
// BenchmarkGenerate with.
func BenchmarkKustomizeBuild(b *testing.B) {
	_, stack := committed(b)
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		b.Fatal(err)
	}
	fs := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := fs.WriteFile(f.Path, f.Data); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, o := range stack.Overlays {
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "overlays/"+o.Name)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := built.AsYaml(); err != nil { // what the command prints
				b.Fatal(err)
			}
		}
	}
}
