package sizing

import "strings"

// Model is what the arithmetic needs to know about a model. Zero is unknown,
// unless the field says otherwise.
type Model struct {
	// Name with its tag, without registry and namespace: llama3.2:3b.
	Name string
	// Tags are further tags of the same weights: latest.
	Tags []string
	// Architecture is GGUF's general.architecture. It decides which of Ollama's
	// two engines runs the model.
	Architecture string
	// Parameters of the model, and those that one token passes through; Active
	// is 0 where that is all of them.
	Parameters, Active int64
	// Quantization as Ollama names it: Q4_K_M.
	Quantization string
	// DiskBytes of the model as /api/tags says: what is pulled and stored. All but
	// some kilobytes of template and licence are weights.
	DiskBytes int64
	// TiedBytes of the token embedding where it is the output layer too, which
	// Ollama's own engine loads twice. 0 if the two are separate tensors.
	TiedBytes int64
	// Layers, KVHeads per layer, and the length of a head's keys and values:
	// attention.key_length where GGUF has it, not embedding/heads.
	Layers, KVHeads, KeyLength, ValueLength int
	// SlidingWindow in tokens of SlidingLayers of the layers; 0 for none.
	SlidingWindow, SlidingLayers int
	// Heads, Embedding, FeedForward and Vocab are the widths of the compute
	// graph. FeedForward is one expert's times the experts used per token.
	Heads, Embedding, FeedForward, Vocab int
	// ExpertsUsed is how many experts a token passes through in a layer, ExpertBytes
	// the largest tensor that holds one matrix of all of them; 0 without experts.
	ExpertsUsed int
	ExpertBytes int64
	// ContextLimit is the longest context that the model was trained for; Ollama
	// silently lowers a longer one to it.
	ContextLimit int
	// Context that the model asks for by itself, in the place of the settings'; 0
	// for none.
	Context int
	// VisionBytes is the compute graph of one image; 0 for text alone.
	// FlashVisionBytes is that of llama-server, which keeps no scores of each patch
	// with every other; 0 where it is the same.
	VisionBytes, FlashVisionBytes int64
	// StateBytes is what the layers without a KV cache keep of a request, however
	// long it is; 0 where all layers have one.
	StateBytes int64
	// Embedder turns text into vectors: no KV cache, the whole context in one
	// batch, one request at a time.
	Embedder bool
	// Digest of the manifest, as /api/tags and `ollama list` show it; "" where
	// no copy of it was found.
	Digest string
	// Evidence says how the row's figures were come by.
	Evidence Evidence
	// Source are addresses that anyone can open, separated by spaces.
	Source string
}

// Evidence says how figures were come by.
type Evidence string

// The kinds of evidence, best first.
const (
	// Measured: read from the model's own GGUF header and its file's length.
	Measured Evidence = "measured"
	// Read: from the source, which printed them from the model's file.
	Read Evidence = "read"
	// Computed: worked out from figures of the source.
	Computed Evidence = "computed"
)

// Manifest is where Ollama's registry says a model's size and digests.
func (m Model) Manifest() string {
	family, tag, _ := strings.Cut(m.Name, ":")
	return "https://registry.ollama.ai/v2/library/" + family + "/manifests/" + tag
}

// ollamaEngine reports whether Ollama's own engine runs the model's architecture;
// the others run in llama.cpp (OllamaEngineRequired in fs/ggml/ggml.go of v0.23.2).
func (m Model) ollamaEngine() bool {
	switch m.Architecture {
	case "bert", "deepseek2", "deepseekocr", "gemma3", "gemma3n", "gemma4", "gptoss", "gpt-oss", "laguna", "llama4",
		"mistral3", "mllama", "nemotron_h", "nemotron_h_moe", "nemotron_h_omni", "nomic-bert", "olmo3", "qwen25vl",
		"qwen3", "qwen3moe", "qwen35", "qwen35moe", "qwen3next", "qwen3vl", "qwen3vlmoe", "glm4moelite", "glmocr",
		"lfm2", "lfm2moe":
		return true
	}
	return false
}

// merges is how many pairs of words the tokenizer joins to one, for which a GGUF
// file has a list beside the vocabulary, tokenizer.ggml.merges: as the loaders print
// it for the models of the catalogue, which the length of the vocabulary tells from
// one another. An unknown one counts as the list that is the longest for its words.
func (m Model) merges() int64 {
	switch {
	case strings.HasPrefix(m.Architecture, "gemma"), m.Architecture == "bert", m.Architecture == "nomic-bert":
		return 0 // SentencePiece, WordPiece and Unigram
	}
	switch m.Vocab {
	case 151669, 151936, 152064:
		return 151387 // Qwen 2 and 3
	case 248320:
		return 247587 // Qwen 3.5
	case 131072:
		return 269443 // Mistral's Tekken
	}
	return int64(m.Vocab) * 446189 / 201088 // gpt-oss
}

// serial reports whether Ollama serves the model one request at a time, whatever
// OLLAMA_NUM_PARALLEL says (server/sched.go of v0.23.2).
func (m Model) serial() bool {
	switch m.Architecture {
	case "mllama", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen3next", "lfm2", "lfm2moe", "nemotron_h",
		"nemotron_h_moe", "nemotron_h_omni":
		return true
	}
	return m.Embedder
}

// baseName is a model's name without its registry and the namespace library,
// with its tag. Names of other namespaces keep them: they are other models.
func baseName(name string) string {
	if host, rest, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(host, ".:") || ok && host == "localhost" {
		name = rest
	}
	name = strings.TrimPrefix(name, "library/")
	if !strings.Contains(name, ":") {
		name += ":latest"
	}
	return strings.ToLower(name)
}
