package shape

import (
	"fmt"
	"os"

	"github.com/ollama/ollama/fs/ggml"
)

// Projector is the part of a model that an image passes through, a file of its own beside the weights. Its figures are those
// of the keys clip.vision.
type Projector struct {
	// Kind is clip.projector_type: gemma3, qwen2.5vl_merger or qwen3vl_merger. Empty for a model of text alone.
	Kind string
	// Whole is how many layers the library's model has where the shape keeps only the first of them.
	Whole uint64
	// Layers, Embedding, FeedForward and Heads of the encoder, which cuts an image of Side pixels a side into squares of Patch.
	Layers, Embedding, FeedForward, Heads, Side, Patch uint64
}

// gated reports whether the encoder has gates and no biases in its norms; merges, whether it puts four squares into one token.
func (p Projector) gated() bool  { return p.Kind == "qwen2.5vl_merger" }
func (p Projector) merges() bool { return p.Kind != "gemma3" }

// WriteProjector makes the projector's GGUF file at path.
func (s Shape) WriteProjector(path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := ggml.WriteGGUF(out, s.Projector.header(s.Embedding), s.projector()); err != nil {
		return fmt.Errorf("writing the projector of %s: %w", s.Name, err)
	}
	return out.Close()
}

// header is the file's key-value part, for a model as wide as width.
func (p Projector) header(width uint64) ggml.KV {
	kv := ggml.KV{
		"general.architecture":                "clip",
		"general.type":                        "mmproj",
		"general.file_type":                   uint32(1), // F16
		"has_vision_encoder":                  true,
		"projector_type":                      p.Kind,
		"use_gelu":                            !p.gated(),
		"use_silu":                            p.gated(),
		"vision.block_count":                  uint32(p.Layers),
		"vision.embedding_length":             uint32(p.Embedding),
		"vision.feed_forward_length":          uint32(p.FeedForward),
		"vision.attention.head_count":         uint32(p.Heads),
		"vision.attention.layer_norm_epsilon": float32(1e-6),
		"vision.projection_dim":               uint32(width),
		"vision.image_size":                   uint32(p.Side),
		"vision.patch_size":                   uint32(p.Patch),
		"vision.image_mean":                   []float32{0.5, 0.5, 0.5},
		"vision.image_std":                    []float32{0.5, 0.5, 0.5},
	}
	if p.gated() {
		kv["vision.n_wa_pattern"] = uint32(min(8, p.Layers)) // every eighth layer sees the whole image
	}
	return kv
}

// projector lists the projector's weights; none for a model of text alone.
func (s Shape) projector() []*ggml.Tensor {
	p := s.Projector
	if p.Kind == "" {
		return nil
	}
	var all []*ggml.Tensor
	matrix := func(name string, dimensions ...uint64) {
		all = append(all, noise(name+".weight", ggml.TensorTypeF16, dimensions))
	}
	both := func(name string, rows, columns uint64) {
		matrix(name, rows, columns)
		all = append(all, vector(name+".bias", columns))
	}
	norm := func(name string) {
		all = append(all, vector(name+".weight", p.Embedding))
		if !p.gated() {
			all = append(all, vector(name+".bias", p.Embedding))
		}
	}
	matrix("v.patch_embd", p.Patch, p.Patch, 3, p.Embedding)
	norm("v.post_ln")
	if !p.gated() {
		squares := p.Side / p.Patch
		all = append(all, vector("v.patch_embd.bias", p.Embedding), noise("v.position_embd.weight", ggml.TensorTypeF32, []uint64{p.Embedding, squares * squares}))
	}
	if p.merges() {
		all = append(all, noise("v.patch_embd.weight.1", ggml.TensorTypeF16, []uint64{p.Patch, p.Patch, 3, p.Embedding}),
			// Ollama's own quantizer made the library's file, and takes these for text.
			s.matrix("mm.0.weight", s.smaller(), 4*p.Embedding, 4*p.Embedding), vector("mm.0.bias", 4*p.Embedding),
			s.matrix("mm.2.weight", s.smaller(), 4*p.Embedding, s.Embedding), vector("mm.2.bias", s.Embedding))
	} else {
		all = append(all, vector("mm.soft_emb_norm.weight", p.Embedding))
		matrix("mm.input_projection", s.Embedding, p.Embedding)
	}
	for i := range p.Layers {
		name := func(rest string) string { return "v." + blk(i, rest) }
		if p.Kind == "qwen3vl_merger" {
			both(name("attn_qkv"), p.Embedding, 3*p.Embedding)
		} else {
			for _, part := range []string{"attn_q", "attn_k", "attn_v"} {
				both(name(part), p.Embedding, p.Embedding)
			}
		}
		both(name("attn_out"), p.Embedding, p.Embedding)
		norm(name("ln1"))
		norm(name("ln2"))
		if p.gated() {
			both(name("ffn_gate"), p.Embedding, p.FeedForward)
		}
		both(name("ffn_up"), p.Embedding, p.FeedForward)
		both(name("ffn_down"), p.FeedForward, p.Embedding)
	}
	return all
}
