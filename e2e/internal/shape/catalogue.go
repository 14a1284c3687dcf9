package shape

import "fmt"

// Catalogue returns the shapes that there are, the smallest first.
func Catalogue() []Shape {
	llama := func(name string, bytes int64, quantisation Quantisation, layers, embedding, feedForward, heads, head uint64, tied bool) Shape {
		return Shape{
			Name: name, Source: "https://ollama.com/library/" + name, Bytes: bytes, Architecture: "llama", Pre: "llama-bpe",
			Layers: layers, Embedding: embedding, FeedForward: feedForward, Heads: heads, KVHeads: 8, Head: head,
			Vocabulary: 128256, Merges: 280147, Context: 131072, Tied: tied, Quantisation: quantisation,
		}
	}
	gemma3 := Shape{
		Name: "gemma3:4b", Source: "https://ollama.com/library/gemma3:4b", Bytes: 3338801804, Architecture: "gemma3", Pre: "llama-bpe",
		Layers: 34, Embedding: 2560, FeedForward: 10240, Heads: 8, KVHeads: 4, Head: 256, Window: 1024,
		Vocabulary: 262144, Merges: 280147, Context: 131072, Tied: true, Quantisation: Q4KM,
		Projector: Projector{Kind: "gemma3", Layers: 27, Embedding: 1152, FeedForward: 4304, Heads: 16, Side: 896, Patch: 14},
	}
	qwen25vl := Shape{
		Name: "qwen2.5vl:3b", Source: "https://ollama.com/library/qwen2.5vl:3b", Bytes: 3200627168, Architecture: "qwen2vl", Pre: "qwen2",
		Layers: 36, Embedding: 2048, FeedForward: 11008, Heads: 16, KVHeads: 2, Head: 128,
		Vocabulary: 151936, Merges: 151387, Context: 128000, Tied: true, Quantisation: Q4KM,
		Projector: Projector{Kind: "qwen2.5vl_merger", Layers: 32, Embedding: 1280, FeedForward: 3420, Heads: 16, Side: 560, Patch: 14},
	}
	qwen35 := Shape{
		Name: "qwen3.5:9b", Source: "https://ollama.com/library/qwen3.5:9b", Bytes: 6594474711, Architecture: "qwen35", Pre: "qwen35",
		Layers: 32, Embedding: 4096, FeedForward: 12288, Heads: 16, KVHeads: 4, Head: 256,
		Recurrent:  Recurrent{Interval: 4, Kernel: 4, Groups: 16, Ranks: 32, State: 128},
		Vocabulary: 248320, Merges: 280147, Context: 262144, Quantisation: Q4KM,
		Projector: Projector{Kind: "qwen3vl_merger", Layers: 27, Embedding: 1152, FeedForward: 4304, Heads: 16, Side: 768, Patch: 16},
	}
	return []Shape{
		{
			Name: "all-minilm:22m", Source: "https://ollama.com/library/all-minilm:22m", Bytes: 45949216, Architecture: "bert",
			Layers: 6, Embedding: 384, FeedForward: 1536, Heads: 12, KVHeads: 12, Head: 32,
			Vocabulary: 30522, Context: 512, Tied: true, Quantisation: F16,
		},
		{
			Name: "nomic-embed-text:v1.5", Source: "https://ollama.com/library/nomic-embed-text:v1.5", Bytes: 274290656,
			Architecture: "nomic-bert", Layers: 12, Embedding: 768, FeedForward: 3072, Heads: 12, KVHeads: 12, Head: 64,
			Vocabulary: 30522, Context: 2048, Tied: true, Quantisation: F16,
		},
		{
			Name: "qwen2.5:0.5b", Source: "https://ollama.com/library/qwen2.5:0.5b", Bytes: 397807936, Architecture: "qwen2", Pre: "qwen2",
			Layers: 24, Embedding: 896, FeedForward: 4864, Heads: 14, KVHeads: 2, Head: 64,
			Vocabulary: 151936, Merges: 151387, Context: 32768, Tied: true, Quantisation: Q4KM,
		},
		{
			Name: "qwen3:0.6b", Source: "https://ollama.com/library/qwen3:0.6b", Bytes: 522640096, Architecture: "qwen3", Pre: "qwen2",
			Layers: 28, Embedding: 1024, FeedForward: 3072, Heads: 16, KVHeads: 8, Head: 128,
			Vocabulary: 151936, Merges: 151387, Context: 40960, Quantisation: Q4KM,
		},
		llama("llama3.2:1b", 1321082688, Q80, 16, 2048, 8192, 32, 64, true),
		llama("llama3.2:3b", 2019377376, Q4KM, 28, 3072, 8192, 24, 128, true),
		llama("llama3.1:8b", 4920738944, Q4KM, 32, 4096, 14336, 32, 128, false),
		first(4, llama("llama3.1:8b", 4920738944, Q4KM, 32, 4096, 14336, 32, 128, false)),
		first(2, Shape{
			Name: "qwen3:30b", Source: "https://ollama.com/library/qwen3:30b", Bytes: 18556699314, Architecture: "qwen3moe", Pre: "qwen2",
			Layers: 48, Embedding: 2048, FeedForward: 768, Experts: 128, ExpertsUsed: 8, Heads: 32, KVHeads: 4, Head: 128,
			Vocabulary: 151936, Merges: 151387, Context: 262144, Quantisation: Q4KM,
		}),
		first(6, gemma3),
		first(8, qwen35),
		first(2, qwen25vl),
		first(2, Shape{
			Name: "gpt-oss:20b", Source: "https://ollama.com/library/gpt-oss:20b", Bytes: 13793441244, Architecture: "gpt-oss", Pre: "gpt-4o",
			Layers: 24, Embedding: 2880, FeedForward: 2880, Experts: 32, ExpertsUsed: 4, Heads: 64, KVHeads: 8, Head: 64, Window: 128,
			Vocabulary: 201088, Merges: 446189, Context: 131072, Quantisation: MXFP4,
		}),
	}
}

// first is the shape with its first layers alone, and a projector with its first two or eight.
func first(layers uint64, s Shape) Shape {
	s.Projector.Whole, s.Projector.Layers = s.Projector.Layers, min(s.Projector.Layers, 8)
	if s.Projector.gated() {
		s.Projector.Layers = 2 // its images are the largest
	}
	s.Name, s.Whole, s.Layers = fmt.Sprintf("%s-first%d", s.Name, layers), s.Layers, layers
	return s
}
