package shape

import "github.com/ollama/ollama/fs/ggml"

// tensors lists the model's weights, by llama.cpp's names.
func (s Shape) tensors() []*ggml.Tensor {
	if s.embedder() {
		return s.encoder()
	}
	kv, heads := s.KVHeads*s.Head, s.Heads*s.Head
	embedding := s.bigger()
	if !s.Tied {
		embedding = s.smaller()
	}
	all := []*ggml.Tensor{
		s.matrix("token_embd.weight", embedding, s.Embedding, uint64(s.Vocabulary)),
		vector("output_norm.weight", s.Embedding),
	}
	if !s.Tied {
		all = append(all, s.matrix("output.weight", s.bigger(), s.Embedding, uint64(s.Vocabulary)))
	}
	for i := range s.Layers {
		value, down := s.smaller(), s.smaller()
		if s.moreBits(i) {
			value, down = s.bigger(), s.bigger()
		}
		if s.Architecture == "qwen3" {
			value = ggml.TensorTypeF16 // Ollama's own quantizer leaves it as it is; with it the file has the library's size
		}
		all = append(all, vector(blk(i, "attn_norm.weight"), s.Embedding))
		all = append(all, s.forward(i, down)...)
		if s.Recurrent.on(i) {
			all = append(all, s.deltaNet(i)...)
			continue
		}
		queries := heads
		if s.Architecture == "qwen35" {
			queries *= 2 // with their gates
		}
		all = append(all,
			s.matrix(blk(i, "attn_q.weight"), s.smaller(), s.Embedding, queries),
			s.matrix(blk(i, "attn_k.weight"), s.smaller(), s.Embedding, kv),
			s.matrix(blk(i, "attn_v.weight"), value, s.Embedding, kv),
			s.matrix(blk(i, "attn_output.weight"), s.smaller(), heads, s.Embedding),
		)
		switch s.Architecture {
		case "qwen2", "qwen2vl":
			all = append(all, vector(blk(i, "attn_q.bias"), heads), vector(blk(i, "attn_k.bias"), kv), vector(blk(i, "attn_v.bias"), kv))
		case "gpt-oss":
			all = append(all, vector(blk(i, "attn_q.bias"), heads), vector(blk(i, "attn_k.bias"), kv), vector(blk(i, "attn_v.bias"), kv),
				vector(blk(i, "attn_output.bias"), s.Embedding), vector(blk(i, "attn_sinks.weight"), s.Heads))
		case "gemma3":
			all = append(all, vector(blk(i, "attn_q_norm.weight"), s.Head), vector(blk(i, "attn_k_norm.weight"), s.Head),
				vector(blk(i, "post_attention_norm.weight"), s.Embedding), vector(blk(i, "post_ffw_norm.weight"), s.Embedding))
		case "qwen3", "qwen3moe", "qwen35":
			all = append(all, vector(blk(i, "attn_q_norm.weight"), s.Head), vector(blk(i, "attn_k_norm.weight"), s.Head))
		}
	}
	return all
}

// deltaNet lists the recurrent part of a layer.
func (s Shape) deltaNet(layer uint64) []*ggml.Tensor {
	r := s.Recurrent
	values := r.Ranks * r.State
	all := 2*r.Groups*r.State + values
	return []*ggml.Tensor{
		s.matrix(blk(layer, "attn_qkv.weight"), s.smaller(), s.Embedding, all),
		s.matrix(blk(layer, "attn_gate.weight"), s.smaller(), s.Embedding, values),
		s.matrix(blk(layer, "ssm_conv1d.weight"), ggml.TensorTypeF32, r.Kernel, all),
		vector(blk(layer, "ssm_dt.bias"), r.Ranks),
		vector(blk(layer, "ssm_a"), r.Ranks),
		s.matrix(blk(layer, "ssm_beta.weight"), s.smaller(), s.Embedding, r.Ranks),
		s.matrix(blk(layer, "ssm_alpha.weight"), s.smaller(), s.Embedding, r.Ranks),
		vector(blk(layer, "ssm_norm.weight"), r.State),
		s.matrix(blk(layer, "ssm_out.weight"), s.smaller(), values, s.Embedding),
	}
}

// forward lists the feed forward of a layer, with its norm.
func (s Shape) forward(layer uint64, down ggml.TensorType) []*ggml.Tensor {
	norm := "ffn_norm.weight"
	if s.Architecture == "gpt-oss" || s.Architecture == "qwen35" {
		norm = "post_attention_norm.weight"
	}
	all := []*ggml.Tensor{vector(blk(layer, norm), s.Embedding)}
	experts, suffix, kind := []uint64{}, "", s.smaller()
	if s.Experts > 0 {
		experts, suffix = []uint64{s.Experts}, "_exps"
		all = append(all, s.matrix(blk(layer, "ffn_gate_inp.weight"), ggml.TensorTypeF32, s.Embedding, s.Experts))
	}
	if s.Quantisation == MXFP4 {
		kind, down = ggml.TensorTypeMXFP4, ggml.TensorTypeMXFP4
		all = append(all, vector(blk(layer, "ffn_gate_inp.bias"), s.Experts))
		for _, name := range []string{"ffn_gate", "ffn_up", "ffn_down"} {
			length := s.FeedForward
			if name == "ffn_down" {
				length = s.Embedding
			}
			all = append(all, s.matrix(blk(layer, name+suffix+".bias"), ggml.TensorTypeF32, length, s.Experts))
		}
	}
	return append(all,
		s.matrix(blk(layer, "ffn_gate"+suffix+".weight"), kind, s.Embedding, append([]uint64{s.FeedForward}, experts...)...),
		s.matrix(blk(layer, "ffn_up"+suffix+".weight"), kind, s.Embedding, append([]uint64{s.FeedForward}, experts...)...),
		s.matrix(blk(layer, "ffn_down"+suffix+".weight"), down, s.FeedForward, append([]uint64{s.Embedding}, experts...)...),
	)
}

// encoder lists the weights of an embedder.
func (s Shape) encoder() []*ggml.Tensor {
	all := []*ggml.Tensor{
		s.matrix("token_embd.weight", ggml.TensorTypeF16, s.Embedding, uint64(s.Vocabulary)),
		s.matrix("token_types.weight", ggml.TensorTypeF32, s.Embedding, 2),
		vector("token_embd_norm.weight", s.Embedding), vector("token_embd_norm.bias", s.Embedding),
	}
	if s.Architecture == "bert" {
		all = append(all, s.matrix("position_embd.weight", ggml.TensorTypeF16, s.Embedding, s.Context))
	}
	for i := range s.Layers {
		matrix := func(name string, rows, columns uint64) {
			all = append(all, s.matrix(blk(i, name+".weight"), ggml.TensorTypeF16, rows, columns))
			if s.Architecture == "bert" {
				all = append(all, vector(blk(i, name+".bias"), columns))
			}
		}
		matrix("attn_output", s.Embedding, s.Embedding)
		matrix("ffn_up", s.Embedding, s.FeedForward)
		matrix("ffn_down", s.FeedForward, s.Embedding)
		if s.Architecture == "bert" {
			matrix("attn_q", s.Embedding, s.Embedding)
			matrix("attn_k", s.Embedding, s.Embedding)
			matrix("attn_v", s.Embedding, s.Embedding)
		} else {
			matrix("attn_qkv", s.Embedding, 3*s.Embedding)
			matrix("ffn_gate", s.Embedding, s.FeedForward)
		}
		for _, norm := range []string{"attn_output_norm", "layer_output_norm"} {
			all = append(all, vector(blk(i, norm+".weight"), s.Embedding), vector(blk(i, norm+".bias"), s.Embedding))
		}
	}
	return all
}

// moreBits says which layers Q4_K_M gives the finer type: the first and last eighth, and every third between them.
func (s Shape) moreBits(layer uint64) bool {
	eighth := s.Layers / 8
	return layer < eighth || layer >= 7*s.Layers/8 || (layer-eighth)%3 == 2
}

func (s Shape) smaller() ggml.TensorType {
	switch s.Quantisation {
	case MXFP4:
		return ggml.TensorTypeBF16
	case Q80:
		return ggml.TensorTypeQ8_0
	case F16:
		return ggml.TensorTypeF16
	default:
		return ggml.TensorTypeQ4_K
	}
}

func (s Shape) bigger() ggml.TensorType {
	if s.Quantisation == Q4KM {
		return ggml.TensorTypeQ6_K
	}
	return s.smaller()
}

// matrix is a tensor of rows elements in each of columns, for each expert where there are experts. A row that 256 does not divide cannot hold the K types; llama.cpp
// takes the next finer type then.
func (s Shape) matrix(name string, kind ggml.TensorType, rows uint64, columns ...uint64) *ggml.Tensor {
	if rows%kind.BlockSize() != 0 {
		kind = map[ggml.TensorType]ggml.TensorType{ggml.TensorTypeQ4_K: ggml.TensorTypeQ5_0, ggml.TensorTypeQ6_K: ggml.TensorTypeQ8_0}[kind]
	}
	return noise(name, kind, append([]uint64{rows}, columns...))
}

// vector is a norm or a bias: small, never quantised.
func vector(name string, length uint64) *ggml.Tensor {
	return noise(name, ggml.TensorTypeF32, []uint64{length})
}
