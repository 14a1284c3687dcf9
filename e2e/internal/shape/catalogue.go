package shape

// Catalogue returns the shapes that there are, the smallest first.
func Catalogue() []Shape {
	llama := func(name string, bytes int64, quantisation Quantisation, layers, embedding, feedForward, heads, head uint64, tied bool) Shape {
		return Shape{
			Name: name, Source: "https://ollama.com/library/" + name, Bytes: bytes, Architecture: "llama", Pre: "llama-bpe",
			Layers: layers, Embedding: embedding, FeedForward: feedForward, Heads: heads, KVHeads: 8, Head: head,
			Vocabulary: 128256, Merges: 280147, Context: 131072, Tied: tied, Quantisation: quantisation,
		}
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
	}
}
