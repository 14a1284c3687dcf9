package sizing

import "github.com/hearth-dev/hearth/internal/versions"

// engine is a program that runs models for Ollama, by what it takes of memory.
// Measured is what docs/calibration.md or docs/calibration-0.34.0.md shows.
type engine struct {
	// tiedTwice says that a token embedding which is the output layer too is loaded
	// twice.
	tiedTwice bool
	// batch is how many tokens of a prompt pass through the model at once, by the
	// context of all requests together. An embedder takes its whole context, or
	// embedderBatch if that is less and not 0.
	batch         func(tokens int) int
	embedderBatch int
	// wide is how many intermediate results as wide as the feed forward exist at
	// the same time.
	wide int
	// maskBytes are for each pair of a token in the batch and one in the context:
	// whether the one sees the other. maskOnce says that the requests share it.
	maskBytes int64
	maskOnce  bool
	// runnerBytes is what a model's own process has besides what is counted: its
	// runtime, buffers of questions and answers.
	runnerBytes int64
	// wordBytes are for each word of the vocabulary, in tables of the server and of
	// the model's process; requestWordBytes for each word and each request at the
	// same time beyond the first.
	wordBytes, requestWordBytes int64
	// mergeBytes are for each merge of the tokenizer, as far as wordBytes does not
	// hold them: in its table, in what is read anew for every request, and in the part
	// of the file where they are.
	mergeBytes int64
	// layerCacheBytes of the model's file stay in the file cache for each layer,
	// where they count for the working set: the tensors are read in another order
	// than they lie in, so that the pages around their ends are read twice. At most
	// the part of the file that filePart says: 2 for a half.
	layerCacheBytes, filePart int64
	// ends is as how many layers the tensors before and behind them count there.
	ends int
	// windows says that layers with a sliding window keep no more than that.
	windows bool
	// computeSource and measured are where the figures come from.
	computeSource, measured string
}

// The engines. llama.cpp runs what ollamaEngine does not up to 0.29, llamaServer
// everything from 0.30 on.
var (
	ownEngine = engine{
		tiedTwice: true, // token_embd becomes output.weight: ml/backend/ggml/ggml.go
		batch:     alwaysSmall, wide: 2,
		// As four bytes and cast to two; it is also built in Go, for the batch that runs
		// and the next (kvcache/causal.go). Measured.
		maskBytes: 12,
		// Measured. The server reads all words anew for every request (Capabilities in
		// server/images.go), which is garbage until it is collected.
		runnerBytes: 64 * mib, wordBytes: 540, requestWordBytes: 160, mergeBytes: 240,
		layerCacheBytes: 0, filePart: 1, // reads the file from its beginning to its end
		windows:       true,
		computeSource: "reserveWorstCaseGraph in runner/ollamarunner/runner.go, buildMask in kvcache/causal.go",
		measured:      "measured: docs/calibration.md",
	}
	llamaCPP = engine{
		batch: alwaysSmall, wide: 2,
		maskBytes:   6, // as four bytes and cast to two
		runnerBytes: 88 * mib, wordBytes: 640, requestWordBytes: 160,
		layerCacheBytes: 8 * mib, filePart: 2,
		windows:       false, // swa_full is the default of llama.cpp's library, and Ollama leaves it
		computeSource: "graph_reserve in llama-context.cpp",
		measured:      "measured: docs/calibration.md",
	}
	llamaServer = engine{
		batch: batchFor, embedderBatch: 2048, wide: 3,
		maskBytes: 2, maskOnce: true,
		// It reads the vocabulary once. Measured are about 280 bytes for a word and 200
		// for a merge, together with what is counted as the server's own. A request's
		// sampler has 12 bytes for each word.
		runnerBytes: 32 * mib, wordBytes: 240, requestWordBytes: 12, mergeBytes: 80,
		layerCacheBytes: 8 * mib, filePart: 3, ends: 6,
		windows:       true,
		computeSource: "measured: llama-server's log says the buffer's size",
		measured:      "measured: docs/calibration-0.34.0.md",
	}
)

// alwaysSmall is num_batch of DefaultOptions in api/types.go of v0.23.2.
func alwaysSmall(int) int { return 512 }

// batchFor is generationBatchForContext in server/sched.go of v0.34.0. Beside a
// small device it takes less.
func batchFor(tokens int) int {
	switch {
	case tokens > 32768:
		return 2048
	case tokens > 4096:
		return 1024
	}
	return 512
}

// LlamaServer reports whether a version of Ollama runs models in a separate
// llama-server, as from 0.30 on: it ignores the pod's CPU quota (ollama#17916),
// keeps a prompt cache (ollama#18264), and does not refuse what cannot fit. It
// reads LLAMA_ARG_* from the environment. What is no version counts as the newest.
func LlamaServer(version string) bool {
	return versions.Ollama.Engine(version) == versions.LlamaServer
}

// ReadsQuota reports whether a version of Ollama takes the number of threads from
// the pod's CPU limit itself: 0.13 to 0.29, where the node has cgroup v2
// (discover/cpu_linux.go).
func ReadsQuota(version string) bool { return !LlamaServer(version) }

// engineOf is what runs a model under a version of Ollama.
func engineOf(m Model, version string) engine {
	switch {
	case LlamaServer(version):
		return llamaServer
	case m.ollamaEngine():
		return ownEngine
	}
	return llamaCPP
}
