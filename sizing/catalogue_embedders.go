package sizing

// embedders are the models that turn text into vectors.
var embedders = []Model{
	{
		Name: "all-minilm:22m", Tags: []string{"latest"}, Architecture: "bert",
		Parameters: 23_000_000, Quantization: "F16", DiskBytes: 45_960_996, TiedBytes: 23_440_896,
		Layers: 6, KVHeads: 12, KeyLength: 32, ValueLength: 32,
		Heads: 12, Embedding: 384, FeedForward: 1536, Vocab: 30522, ContextLimit: 512, Embedder: true,
		Digest:   "sha256:1b226e2802dbb772b5fc32a58f103ca1804ef7501331012de126ab22f67475ef",
		Evidence: Read, Source: testdata + "all-MiniLM-L6-v2.json" + " " + "https://github.com/zammad/zammad/issues/6281",
	},
	{
		Name: "bge-m3:567m", Tags: []string{"latest"}, Architecture: "bert",
		Parameters: 566_700_000, Quantization: "F16", DiskBytes: 1_157_672_605, TiedBytes: 512_004_096,
		Layers: 24, KVHeads: 16, KeyLength: 64, ValueLength: 64,
		Heads: 16, Embedding: 1024, FeedForward: 4096, Vocab: 250002, ContextLimit: 8192, Embedder: true,
		Digest:   "sha256:7907646426070047a77226ac3e684fbbe8410524f7b4a74d02837e43f2146bab",
		Evidence: Read, Source: "https://github.com/ollama/ollama/issues/10811",
	},
	{
		Name: "embeddinggemma:300m", Tags: []string{"latest", "300m-bf16"}, Architecture: "gemma3",
		Parameters: 307_580_000, Quantization: "BF16", DiskBytes: 621_875_917, TiedBytes: 402_653_184,
		Layers: 24, KVHeads: 1, KeyLength: 256, ValueLength: 256, SlidingWindow: 512, SlidingLayers: 20,
		Heads: 3, Embedding: 768, FeedForward: 1152, Vocab: 262144, ContextLimit: 2048, Embedder: true,
		Digest:   "sha256:85462619ee721b466c5927d109d4cb765861907d5417b9109caebc4e614679f1",
		Evidence: Computed, Source: "https://huggingface.co/google/embeddinggemma-300m/blob/main/config.json",
	},
	{
		Name: "mxbai-embed-large:335m", Tags: []string{"latest"}, Architecture: "bert",
		Parameters: 334_000_000, Quantization: "F16", DiskBytes: 669_615_493, TiedBytes: 62_509_056,
		Layers: 24, KVHeads: 16, KeyLength: 64, ValueLength: 64,
		Heads: 16, Embedding: 1024, FeedForward: 4096, Vocab: 30522, ContextLimit: 512, Embedder: true,
		Digest:   "sha256:468836162de7f81e041c43663fedbbba921dcea9b9fefea135685a39b2d83dd8",
		Evidence: Read, Source: "https://github.com/ollama/ollama/issues/9365" + " " + "https://github.com/intel/ipex-llm/issues/12348",
	},
	{
		Name: "nomic-embed-text:v1.5", Tags: []string{"latest", "137m-v1.5-fp16"}, Architecture: "nomic-bert",
		Parameters: 137_000_000, Quantization: "F16", DiskBytes: 274_302_450, TiedBytes: 46_881_792,
		Layers: 12, KVHeads: 12, KeyLength: 64, ValueLength: 64,
		Heads: 12, Embedding: 768, FeedForward: 3072, Vocab: 30522, ContextLimit: 2048, Embedder: true,
		Digest:   "sha256:0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f",
		Evidence: Read, Source: "https://github.com/ollama/ollama/issues/10811" + " " + "https://github.com/gpustack/gpustack/issues/1616" + " " + "https://github.com/zammad/zammad/issues/6281",
	},
	{
		Name: "qwen3-embedding:0.6b", Architecture: "qwen3",
		Parameters: 595_780_000, Quantization: "Q8_0", DiskBytes: 639_150_592, TiedBytes: 165_015_872,
		Layers: 28, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 16, Embedding: 1024, FeedForward: 3072, Vocab: 151669, ContextLimit: 32768, Embedder: true,
		Digest:   "sha256:ac6da0dfba84a81fdbfbaf330198c33cd77c4cdfc53e8bc50eb581914a15621d",
		Evidence: Computed, Source: litgpt + " " + "https://huggingface.co/Qwen/Qwen3-Embedding-0.6B-GGUF",
	},
	{
		Name: "snowflake-arctic-embed2:568m", Tags: []string{"latest"}, Architecture: "bert",
		Parameters: 566_700_000, Quantization: "F16", DiskBytes: 1_160_296_718, TiedBytes: 512_004_096,
		Layers: 24, KVHeads: 16, KeyLength: 64, ValueLength: 64,
		Heads: 16, Embedding: 1024, FeedForward: 4096, Vocab: 250002, ContextLimit: 8192, Embedder: true,
		Digest:   "sha256:5de93a84837d0ff00da872e90830df5d973f616cbf1e5c198731ab19dd7b776b",
		Evidence: Read, Source: "https://github.com/ollama/ollama/issues/10811",
	},
	{
		Name: "snowflake-arctic-embed:335m", Tags: []string{"latest"}, Architecture: "bert",
		Parameters: 334_000_000, Quantization: "F16", DiskBytes: 669_615_493, TiedBytes: 62_509_056,
		Layers: 24, KVHeads: 16, KeyLength: 64, ValueLength: 64,
		Heads: 16, Embedding: 1024, FeedForward: 4096, Vocab: 30522, ContextLimit: 512, Embedder: true,
		Digest:   "sha256:21ab8b9b0545e26a78164a910691440a3f1de1bfa41c3953d7451d52036c581a",
		Evidence: Computed, Source: "https://github.com/ollama/ollama/issues/9365" + " " + "https://huggingface.co/Snowflake/snowflake-arctic-embed-l/blob/main/config.json",
	},
}
