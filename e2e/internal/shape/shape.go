package shape

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/ollama/ollama/fs/ggml"
)

// Shape is what decides a model's size and speed. The figures are those of the GGUF header of the model that it copies.
type Shape struct {
	// Name and tag of the model in Ollama's library whose shape this is.
	Name string
	// Source is where the figures can be read.
	Source string
	// Bytes of the library's weights, to hold the copy against: the two differ by less than a hundredth.
	Bytes int64
	// Architecture as in general.architecture. It decides which of Ollama's two engines runs the model.
	Architecture string
	// Pre is the name of the rule that cuts a text before the tokenizer merges bytes. Empty for WordPiece.
	Pre string
	// Layers, Embedding, FeedForward, Heads, KVHeads and Head (the length of one head's key and value). FeedForward is one
	// expert's where there are Experts.
	Layers, Embedding, FeedForward, Heads, KVHeads, Head uint64
	// Whole is how many layers the library's model has where the shape keeps only the first of them: what a batch needs in
	// memory does not depend on their number, and the whole would not fit a small machine. 0 if all are there.
	Whole uint64
	// Experts of each layer, and how many of them a token passes through. 0 for a layer without.
	Experts, ExpertsUsed uint64
	// Window is how many tokens the layers with a sliding window see; 0 for none. Which layers those are, the architecture says.
	Window uint64
	// Recurrent is how the layers without a KV cache keep what they read.
	Recurrent Recurrent
	// Projector is what an image passes through.
	Projector Projector
	// Vocabulary and Merges are how many the tokenizer has.
	Vocabulary, Merges int
	// Context is the longest that the model was trained on.
	Context uint64
	// Tied says that the output layer is the table of embeddings.
	Tied bool
	// Quantisation of the library's default tag.
	Quantisation Quantisation
}

// Recurrent are the figures of gated delta nets: all layers but every Interval-th are such. Groups heads of keys and Ranks of
// values, each State long, read through a convolution over Kernel tokens.
type Recurrent struct{ Interval, Kernel, Groups, Ranks, State uint64 }

// on reports whether a layer is recurrent.
func (r Recurrent) on(layer uint64) bool { return r.Interval > 0 && (layer+1)%r.Interval != 0 }

// Size is how many bytes the tensors have; a tokenizer comes on top.
func (s Shape) Size() int64 {
	var bytes uint64
	for _, tensor := range slices.Concat(s.tensors(), s.projector()) {
		bytes += tensor.Size()
	}
	return int64(bytes)
}

// Quantisation is a recipe that gives each tensor its type.
type Quantisation string

// The recipes of the library's tags.
const (
	Q4KM Quantisation = "Q4_K_M"
	Q80  Quantisation = "Q8_0"
	F16  Quantisation = "F16"
	// MXFP4 are the experts; all else is BF16.
	MXFP4 Quantisation = "MXFP4"
)

// Write makes the GGUF file at path. Equal shapes give equal bytes.
func (s Shape) Write(path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := ggml.WriteGGUF(out, s.header(), s.tensors()); err != nil {
		return fmt.Errorf("writing the shape of %s: %w", s.Name, err)
	}
	return out.Close()
}

// header is the file's key-value part: the model's figures and its tokenizer.
func (s Shape) header() ggml.KV {
	kv := ggml.KV{
		"general.architecture":             s.Architecture,
		"general.name":                     "shape of " + s.Name + ", random weights",
		"block_count":                      uint32(s.Layers),
		"context_length":                   uint32(s.Context),
		"embedding_length":                 uint32(s.Embedding),
		"feed_forward_length":              uint32(s.FeedForward),
		"attention.head_count":             uint32(s.Heads),
		"attention.head_count_kv":          uint32(s.KVHeads),
		"attention.key_length":             uint32(s.Head),
		"attention.value_length":           uint32(s.Head),
		"rope.dimension_count":             uint32(s.Head),
		"rope.freq_base":                   float32(500000),
		"attention.layer_norm_rms_epsilon": float32(1e-5),
		"general.file_type":                map[Quantisation]uint32{F16: 1, Q80: 7, Q4KM: 15, MXFP4: 38}[s.Quantisation], // llama.cpp's numbers
		"general.quantization_version":     uint32(2),
		"tokenizer.ggml.add_bos_token":     true,
		"tokenizer.ggml.bos_token_id":      uint32(s.Vocabulary - 2),
		"tokenizer.ggml.eos_token_id":      uint32(s.Vocabulary - 1),
	}
	for key, value := range s.tokenizer() {
		kv[key] = value
	}
	if s.Experts > 0 {
		kv["expert_count"], kv["expert_used_count"] = uint32(s.Experts), uint32(s.ExpertsUsed)
		kv["expert_feed_forward_length"] = uint32(s.FeedForward)
	}
	if s.Window > 0 {
		kv["attention.sliding_window"] = uint32(s.Window)
	}
	switch r := s.Recurrent; s.Architecture {
	case "qwen2vl":
		kv["rope.dimension_sections"] = []int32{16, 24, 24, 0}
	case "qwen35":
		kv["rope.dimension_count"] = uint32(s.Head / 4)
		kv["rope.dimension_sections"] = []int32{11, 11, 10, 0}
		kv["full_attention_interval"] = uint32(r.Interval)
		kv["ssm.conv_kernel"], kv["ssm.group_count"], kv["ssm.state_size"] = uint32(r.Kernel), uint32(r.Groups), uint32(r.State)
		kv["ssm.time_step_rank"], kv["ssm.inner_size"] = uint32(r.Ranks), uint32(r.Ranks*r.State)
	}
	if s.embedder() {
		delete(kv, "attention.layer_norm_rms_epsilon")
		delete(kv, "attention.key_length") // BERT's header has none: the head is embedding over heads
		delete(kv, "attention.value_length")
		kv["attention.layer_norm_epsilon"] = float32(1e-12)
		kv["attention.causal"] = false
		kv["pooling_type"] = uint32(1)
		kv["tokenizer.ggml.token_type_count"] = uint32(2)
	}
	return kv
}

func (s Shape) embedder() bool { return s.Architecture == "bert" || s.Architecture == "nomic-bert" }

func blk(layer uint64, rest string) string {
	return "blk." + strconv.FormatUint(layer, 10) + "." + rest
}
