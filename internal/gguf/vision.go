package gguf

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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
	// qwenPatches is the largest image that llama-server makes of one for Qwen's
	// models: 4096 tokens of four patches (tools/mtmd/clip.cpp).
	qwenPatches = 4 * 4096
	// windowMask are the bytes of a mask of which patch sees which: a number of four
	// bytes, cast to one of two.
	windowMask = 6
	maxVision  = 1 << 40 // bytes
	maxState   = 1 << 40 // bytes
)

// flashVision are the architectures whose images pass through flash attention by
// default: no scores stand in memory (FlashAttention in fs/ggml/ggml.go of v0.23.2).
var flashVision = []string{"qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "mistral3", "gemma4"}

// ReadProjector reads the header of a projector, the file beside the weights that
// an image passes through, and returns the memory that one image takes, in bytes:
// sizing.Model's VisionBytes and FlashVisionBytes.
func ReadProjector(r io.Reader, size int64) (bytes, flash int64, err error) {
	if size < 0 {
		return 0, 0, fmt.Errorf("has a size of %d bytes", size)
	}
	file, err := walkHeader(r, uint64(size))
	if err != nil {
		return 0, 0, err
	}
	if bytes, flash = vision(file, "clip"); bytes == 0 {
		return 0, 0, errors.New("has none of the keys clip.vision.*, or a 0 in them")
	}
	return bytes, flash, nil
}

// vision is the graph of one image, by the keys of an architecture: its patches
// through the widest layer, and, without flash attention, the scores of each with
// every other. llama-server always has flash attention, but keeps a mask where
// layers see windows of the image. 0 for a model that sees nothing.
func vision(file *parser.GGUFFile, architecture string) (bytes, flash int64) {
	key := func(name string, otherwise uint64) float64 {
		n, err := number(file, architecture+".vision."+name)
		if err != nil {
			n = otherwise
		}
		return float64(min(n, maxWidth))
	}
	width, heads, patch := key("embedding_length", 0), key("attention.head_count", 0), key("patch_size", 14)
	if width == 0 || heads == 0 || patch == 0 {
		return 0, 0
	}
	kind, _ := file.Header.MetadataKV.Get(architecture + ".projector_type")
	projector, _ := kind.Value.(string)
	side := key("image_size", imageSide) / patch
	patches, served := side*side, side*side
	if architecture == "qwen25vl" {
		patches = qwen25Pixels / (patch * patch)
	}
	windows := architecture == "qwen25vl" || projector == "qwen2.5vl_merger"
	if windows || strings.HasPrefix(architecture, "qwen3") || strings.HasSuffix(projector, "_merger") {
		served = qwenPatches
	}
	forward := key("feed_forward_length", uint64(4*width))
	sum, server := 4*patches*(forward+6*width), 4*served*(forward+6*width)
	if architecture == "gemma3" || projector == "gemma3" {
		server = 4 * served * (forward + 4*width)
	}
	if !slices.Contains(flashVision, architecture) {
		sum += 4 * heads * patches * patches
	}
	if windows {
		server += windowMask * served * served
	}
	return int64(min(sum, maxVision)), int64(min(server, maxVision))
}
