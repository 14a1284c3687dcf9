package shape

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/sizing"
)

// A shape is honest if it is as large as the model that it copies: the file's length follows from every figure and type.
func TestSizesAreTheLibrarys(t *testing.T) {
	for _, s := range Catalogue() {
		if s.Whole > 0 {
			s.Layers = s.Whole
			s.Projector.Layers = s.Projector.Whole
		}
		// The tokenizer: a word, its length, its kind; the merges.
		header := float64(s.Vocabulary*(6+8+4) + s.Merges*(7+8))
		off := 0.01
		if s.Architecture == "qwen35" {
			off = 0.04 // which of its tensors have the finer types, no source says
		}
		if part := (float64(s.Size()) + header) / float64(s.Bytes); math.Abs(part-1) > off {
			t.Errorf("%s: the shape has %.4f of the library's bytes", s.Name, part)
		}
	}
}

// What is written reads back as the catalogue of sizing has the model.
func TestWrite(t *testing.T) {
	for _, s := range Catalogue() {
		if s.Bytes > 1<<30 || s.Whole > 0 {
			continue // gigabytes only to read a header
		}
		path := filepath.Join(t.TempDir(), "model.gguf")
		if err := s.Write(path); err != nil {
			t.Fatal(err)
		}
		got, err := gguf.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(path)
		want, known := sizing.Lookup(s.Name)
		if !known {
			t.Logf("sizing has no %s", s.Name)
			continue
		}
		if s.Architecture == "qwen2" {
			got.TiedBytes = want.TiedBytes // llama.cpp loads the table once, so that sizing need not know
		}
		if diff := cmp.Diff(figures(want), figures(got)); diff != "" {
			t.Errorf("%s (-catalogue +shape):\n%s", s.Name, diff)
		}
	}
}

func figures(m sizing.Model) map[string]any {
	return map[string]any{
		"architecture": m.Architecture, "quantization": m.Quantization, "layers": m.Layers, "kv heads": m.KVHeads, "key": m.KeyLength,
		"value": m.ValueLength, "heads": m.Heads, "embedding": m.Embedding, "feed forward": m.FeedForward, "vocabulary": m.Vocab,
		"context": m.ContextLimit, "embedder": m.Embedder, "tied": m.TiedBytes,
	}
}
