package gguf

import (
	"errors"
	"fmt"
	"io"
	"slices"

	parser "github.com/gpustack/gguf-parser-go"
)

const (
	// imageSide is the image that Ollama reserves for, in pixels, where the model
	// names no size of its own: reserveWorstCaseGraph in
	// runner/ollamarunner/runner.go of v0.23.2.
	imageSide = 2048
	// qwen25Pixels is what Ollama scales an image down to for it
	// (model/models/qwen25vl/process_image.go of v0.23.2).
	qwen25Pixels = 2 << 20
	maxVision    = 1 << 40 // bytes
)

// flashVision are the architectures whose images pass through flash attention by
// default: no scores stand in memory (FlashAttention in fs/ggml/ggml.go of v0.23.2).
var flashVision = []string{"qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "mistral3", "gemma4"}

// ReadProjector reads the header of a projector, the file beside the weights that
// an image passes through, and returns the memory that one image takes, in bytes.
func ReadProjector(r io.Reader, size int64) (int64, error) {
	if size < 0 {
		return 0, fmt.Errorf("has a size of %d bytes", size)
	}
	file, err := walkHeader(r, uint64(size))
	if err != nil {
		return 0, err
	}
	bytes := vision(file, "clip")
	if bytes == 0 {
		return 0, errors.New("has none of the keys clip.vision.*, or a 0 in them")
	}
	return bytes, nil
}

// vision is the graph of one image, by the keys of an architecture: its patches
// through the widest layer, and, without flash attention, the scores of each with
// every other. 0 for a model that sees nothing.
func vision(file *parser.GGUFFile, architecture string) int64 {
	key := func(name string, otherwise uint64) float64 {
		n, err := number(file, architecture+".vision."+name)
		if err != nil {
			n = otherwise
		}
		return float64(min(n, maxWidth))
	}
	width, heads, patch := key("embedding_length", 0), key("attention.head_count", 0), key("patch_size", 14)
	if width == 0 || heads == 0 || patch == 0 {
		return 0
	}
	patches := key("image_size", imageSide) / patch
	patches *= patches
	if architecture == "qwen25vl" {
		patches = qwen25Pixels / (patch * patch)
	}
	bytes := 4 * patches * (key("feed_forward_length", uint64(4*width)) + 6*width)
	if !slices.Contains(flashVision, architecture) {
		bytes += 4 * heads * patches * patches
	}
	return int64(min(bytes, maxVision))
}
