package vet_test

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/vet"
)

// BenchmarkStack looks at the committed stack as hearth vet does, with schemas
// that are compiled already; checks is what the rules take of it, the rest is
// kustomize's.
func BenchmarkStack(b *testing.B) {
	stack := committed(b)
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		b.Fatal(err)
	}
	checker := vet.New()
	in := vet.StackInput{Stack: stack, Files: files}
	if _, err := checker.Stack(in); err != nil {
		b.Fatal(err)
	}
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if _, err := checker.Stack(in); err != nil {
				b.Fatal(err)
			}
		}
	})
	memory := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := memory.WriteFile(f.Path, f.Data); err != nil {
			b.Fatal(err)
		}
	}
	var overlays [][]vet.Object
	for _, o := range stack.Overlays {
		objects, err := vet.Build(memory, "overlays/"+o.Name)
		if err != nil {
			b.Fatal(err)
		}
		overlays = append(overlays, objects)
	}
	b.Run("checks", func(b *testing.B) {
		for b.Loop() {
			for _, objects := range overlays {
				checker.Check(objects, vet.Facts{})
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			vet.New().Check(overlays[0], vet.Facts{})
		}
	})
}
