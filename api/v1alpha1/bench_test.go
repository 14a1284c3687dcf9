package v1alpha1_test

import (
	"github.com/hearth-dev/hearth/generator"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// BenchmarkAnnotations parses a stack whose route has every annotation that F5's
// controller knows and hearth does not write.
func BenchmarkAnnotations(b *testing.B) {
	data, err := os.ReadFile("testdata/refused/annotations.txtar")
	if err != nil {
		b.Fatal(err)
	}
	archive := txtar.Parse(data)
	text := append(archive.Files[0].Data, archive.Files[1].Data...)
	for b.Loop() {
		if stack, problems := generator.Load("hearth.yaml", text); stack == nil {
			b.Fatal(problems)
		}
	}
}
