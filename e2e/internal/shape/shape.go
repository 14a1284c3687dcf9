package shape

import (
	"fmt"
	"os"
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
	// Layers, Embedding, FeedForward, Heads, KVHeads and Head (the length of one head's key and value).
	Layers, Embedding, FeedForward, Heads, KVHeads, Head uint64
	// Vocabulary and Merges are how many the tokenizer has.
	Vocabulary, Merges int
	// Context is the longest that the model was trained on.
	Context uint64
	// Tied says that the output layer is the table of embeddings.
	Tied bool
	// Quantisation of the library's default tag.
	Quantisation Quantisation
}

// Quantisation is a recipe that gives each tensor its type.
type Quantisation string

// The recipes of the library's tags.
const (
	Q4KM Quantisation = "Q4_K_M"
	Q80  Quantisation = "Q8_0"
	F16  Quantisation = "F16"
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
		"general.file_type":                map[Quantisation]uint32{F16: 1, Q80: 7, Q4KM: 15}[s.Quantisation], // llama.cpp's numbers
		"general.quantization_version":     uint32(2),
		"tokenizer.ggml.add_bos_token":     true,
		"tokenizer.ggml.bos_token_id":      uint32(s.Vocabulary - 2),
		"tokenizer.ggml.eos_token_id":      uint32(s.Vocabulary - 1),
	}
	for key, value := range s.tokenizer() {
		kv[key] = value
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
