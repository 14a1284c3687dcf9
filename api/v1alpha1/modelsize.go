package v1alpha1

import (
	"maps"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/sizing"
)

// ModelSize are the figures of one model, from its GGUF header: what the memory
// it needs is computed from.
type ModelSize struct {
	// Disk is the size of the model's file.
	Disk Quantity `json:"disk"`
	// Architecture is general.architecture: llama, qwen3, gemma3. Default llama.
	Architecture string `json:"architecture,omitzero"`
	// Layers is block_count.
	Layers int `json:"layers"`
	// KVHeads is attention.head_count_kv.
	KVHeads int `json:"kvHeads"`
	// KeyLength is attention.key_length, and embedding_length divided by
	// attention.head_count where that is missing.
	KeyLength int `json:"keyLength"`
	// ValueLength is attention.value_length. Default: KeyLength.
	ValueLength int `json:"valueLength,omitzero"`
	// SlidingWindow is attention.sliding_window, in tokens. Default none.
	SlidingWindow int `json:"slidingWindow,omitzero"`
	// SlidingLayers is how many layers keep that window alone.
	SlidingLayers int `json:"slidingLayers,omitzero"`
	// Heads is attention.head_count. Default for an embedder, which takes memory for
	// each: Embedding divided by KeyLength, and KVHeads at least.
	Heads int `json:"heads,omitzero"`
	// Embedding is embedding_length.
	Embedding int `json:"embedding"`
	// FeedForward is feed_forward_length, times the experts used per token.
	FeedForward int `json:"feedForward"`
	// ExpertsUsed is expert_used_count, of a mixture of experts. Default none.
	ExpertsUsed int `json:"expertsUsed,omitzero"`
	// ExpertTensor is the size of the largest tensor with a matrix of all experts,
	// such as blk.0.ffn_down_exps.weight. Default none.
	ExpertTensor Quantity `json:"expertTensor,omitzero"`
	// State is what the layers without keys and values keep of one request, as those
	// of Mamba and of hybrids do. Default none.
	State Quantity `json:"state,omitzero"`
	// Vocab is the number of tokenizer.ggml.tokens.
	Vocab int `json:"vocab"`
	// ContextLimit is context_length, in tokens. Default: unknown.
	ContextLimit int `json:"contextLimit,omitzero"`
	// Tied is the size of token_embd.weight where there is no output.weight.
	// Default: the two are separate.
	Tied Quantity `json:"tied,omitzero"`
	// Vision is the memory that one image takes to look at. Default: text alone.
	Vision Quantity `json:"vision,omitzero"`
	// FlashVision is the same under Ollama 0.30 and newer, which keeps no scores of
	// each patch of it with every other. Default: Vision.
	FlashVision Quantity `json:"flashVision,omitzero"`
	// Embedder turns text into vectors (pooling_type). Default false.
	Embedder bool `json:"embedder,omitzero"`
}

func (s ModelSize) applyDefaults() ModelSize {
	fill(&s.Architecture, "llama")
	fill(&s.ValueLength, s.KeyLength)
	if s.Embedder && s.KeyLength > 0 {
		fill(&s.Heads, max(s.KVHeads, s.Embedding/s.KeyLength))
	}
	return s
}

// model is the figures as package sizing takes them.
func (s ModelSize) model(name string) sizing.Model {
	return sizing.Model{
		Name: name, Architecture: s.Architecture, DiskBytes: bytesOf(s.Disk), TiedBytes: bytesOf(s.Tied),
		Layers: s.Layers, KVHeads: s.KVHeads, KeyLength: s.KeyLength, ValueLength: s.ValueLength,
		SlidingWindow: s.SlidingWindow, SlidingLayers: s.SlidingLayers,
		Heads: s.Heads, Embedding: s.Embedding, FeedForward: s.FeedForward, Vocab: s.Vocab,
		ExpertsUsed: s.ExpertsUsed, ExpertBytes: bytesOf(s.ExpertTensor), StateBytes: bytesOf(s.State),
		ContextLimit: s.ContextLimit, VisionBytes: bytesOf(s.Vision), FlashVisionBytes: bytesOf(s.FlashVision), Embedder: s.Embedder,
	}
}

// ModelSizeOf writes a model's figures as a stack gives them.
func ModelSizeOf(m sizing.Model) ModelSize {
	bytes := func(n int64) Quantity {
		if n == 0 {
			return ""
		}
		return Quantity(strconv.FormatInt(n, 10))
	}
	return ModelSize{
		Disk: bytes(m.DiskBytes), Architecture: m.Architecture, Layers: m.Layers, KVHeads: m.KVHeads,
		KeyLength: m.KeyLength, ValueLength: m.ValueLength, SlidingWindow: m.SlidingWindow, SlidingLayers: m.SlidingLayers,
		Heads: m.Heads, Embedding: m.Embedding, FeedForward: m.FeedForward, Vocab: m.Vocab,
		ExpertsUsed: m.ExpertsUsed, ExpertTensor: bytes(m.ExpertBytes), State: bytes(m.StateBytes),
		ContextLimit: m.ContextLimit, Tied: bytes(m.TiedBytes), Vision: bytes(m.VisionBytes), FlashVision: bytes(m.FlashVisionBytes), Embedder: m.Embedder,
	}
}

// modelSizes checks figures that a person, or hearth size, wrote.
func (v validator) modelSizes(server *field.Path, o *Ollama) {
	for _, name := range slices.Sorted(maps.Keys(o.ModelSizes)) {
		at := server.Child("modelSizes").Key(name)
		switch custom := server.Child("customModels"); {
		case sameModelAsOneOf(name, append(o.fileModels(), o.Models...)):
			v.modelSize(at, o.ModelSizes[name])
		case !v.failed(custom):
			v.because(server.Child("models"), custom).errorf(at, "write the name as in ollama.models", "%q is none of the models", name)
		}
	}
}

// withoutAttention are the figures that may be 0 where all layers have a state in
// the place of keys and values.
var withoutAttention = []string{"kvHeads", "keyLength", "valueLength", "feedForward"}

func (v validator) modelSize(at *field.Path, s ModelSize) {
	for name, value := range map[string]Quantity{
		"disk": s.Disk, "tied": s.Tied, "expertTensor": s.ExpertTensor, "state": s.State, "vision": s.Vision, "flashVision": s.FlashVision,
	} {
		if value != "" {
			v.between(at.Child(name), value, "1Ki", "64Ti")
		} else if name == "disk" {
			v.errorf(at.Child(name), "", "missing: want the size of the model's file")
		}
	}
	for name, value := range map[string]int{
		"layers": s.Layers, "kvHeads": s.KVHeads, "keyLength": s.KeyLength, "valueLength": s.ValueLength,
		"embedding": s.Embedding, "feedForward": s.FeedForward, "vocab": s.Vocab,
	} {
		if value == 0 {
			if s.State != "" && slices.Contains(withoutAttention, name) {
				continue
			}
			v.because(at.Child("keyLength")).errorf(at.Child(name), "", "missing, or 0: want the figure of the model's GGUF header")
			continue
		}
		v.figure(at.Child(name), value, 1)
	}
	for name, value := range map[string]int{
		"slidingWindow": s.SlidingWindow, "slidingLayers": s.SlidingLayers, "heads": s.Heads, "contextLimit": s.ContextLimit, "expertsUsed": s.ExpertsUsed,
	} {
		v.figure(at.Child(name), value, 0)
	}
	if s.SlidingLayers > s.Layers && s.Layers > 0 {
		v.errorf(at.Child("slidingLayers"), "", "got %d, and the model has %d layers", s.SlidingLayers, s.Layers)
	}
}

// figure bounds a number of a GGUF header: products of those beyond are no
// memory that anybody has.
func (v validator) figure(at *field.Path, value, least int) {
	if value < least || value > 1<<24 {
		v.errorf(at, "", "got %d, want %d to %d", value, least, 1<<24)
	}
}
