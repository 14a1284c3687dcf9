package sizing

// catalogue lists the known models. No row is from memory: each says where its
// figures can be read, and a development tool compares rows with GGUF headers.
func catalogue() []Model {
	return []Model{
		{
			Name: "llama3.2:3b", Tags: []string{"latest"}, Architecture: "llama",
			Parameters: 3_210_000_000, Quantization: "Q4_K_M", DiskBytes: 2_019_377_376,
			Layers: 28, KVHeads: 8, KeyLength: 128, ValueLength: 128,
			Heads: 24, Embedding: 3072, FeedForward: 8192, Vocab: 128256, ContextLimit: 131072,
			Digest:   "sha256:dde5aa3fc5ffc17176b5e8bdc82f587b24b2678c6c66101bf7da77af9f7ccdff",
			Evidence: Read, Source: "https://github.com/ollama/ollama/issues/7907",
		},
	}
}
