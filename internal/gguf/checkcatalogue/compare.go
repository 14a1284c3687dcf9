package main

import (
	"fmt"

	"github.com/hearth-dev/hearth/sizing"
)

// compare says in what a row differs from the model. What depends on the number
// format is compared only where that is the same: a folder may hold another.
func compare(row sizing.Model, got found) (differences []string) {
	differ := func(what string, want, got any) {
		if want != got {
			differences = append(differences, fmt.Sprintf("%s is %v, the model's %v", what, want, got))
		}
	}
	differ("architecture", row.Architecture, got.Architecture)
	differ("layers", row.Layers, got.Layers)
	differ("kv heads", row.KVHeads, got.KVHeads)
	differ("key length", row.KeyLength, got.KeyLength)
	differ("value length", row.ValueLength, got.ValueLength)
	differ("sliding window", row.SlidingWindow, got.SlidingWindow)
	differ("sliding layers", row.SlidingLayers, got.SlidingLayers)
	differ("heads", row.Heads, got.Heads)
	differ("embedding", row.Embedding, got.Embedding)
	differ("feed forward", row.FeedForward, got.FeedForward)
	differ("vocabulary", row.Vocab, got.Vocab)
	differ("context limit", row.ContextLimit, got.ContextLimit)
	differ("embedder", row.Embedder, got.Embedder)
	// Rows may round what is for people.
	near("parameters", row.Parameters, got.Parameters, got.Parameters/50, &differences)
	near("active parameters", row.Active, got.Active, got.Active/50, &differences)
	if got.whole {
		differ("quantization", row.Quantization, got.Quantization)
		differ("disk", row.DiskBytes, got.DiskBytes)
		if row.Digest != "" {
			differ("digest", row.Digest, got.Digest)
		}
	}
	if row.Quantization != got.Quantization {
		return differences
	}
	if !got.whole {
		// A model is its weights and a few texts.
		near("disk", row.DiskBytes, got.DiskBytes, 1<<20, &differences)
	}
	if row.TiedBytes != 0 { // it matters, and is given, for Ollama's own engine alone
		differ("tied", row.TiedBytes, got.TiedBytes)
	}
	return differences
}

// near allows a difference of up to far.
func near(what string, want, got, far int64, differences *[]string) {
	if want < got-far || want > got+far {
		*differences = append(*differences, fmt.Sprintf("%s is %d, the model's %d", what, want, got))
	}
}

// scope says what was compared.
func scope(row sizing.Model, got found) string {
	switch {
	case got.whole && row.Digest == "":
		return "shape and size; it has " + got.Digest
	case got.whole:
		return "shape, size and digest"
	case row.Quantization != got.Quantization:
		return fmt.Sprintf("shape; the file is %s, the row %s", got.Quantization, row.Quantization)
	default:
		return "shape and size"
	}
}
