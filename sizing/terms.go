package sizing

import (
	"cmp"
	"fmt"
)

// ModelTerms is the memory of one loaded model, without devices.
func ModelTerms(m Model, s Settings) []Term { return newRun(m, s).terms() }

func newRun(m Model, s Settings) run {
	r := run{Model: m, settings: s}
	r.context = cmp.Or(m.Context, s.context())
	if m.ContextLimit > 0 {
		r.context = min(r.context, m.ContextLimit)
	}
	r.parallel = s.parallel()
	if m.serial() {
		r.parallel = 1
	}
	r.batch = min(batch, r.context)
	if m.Embedder {
		r.batch = r.context
	}
	// From 0.30 on llama.cpp runs every model.
	r.ownEngine = m.ollamaEngine() && !LlamaServer(s.Version)
	return r
}

func (r run) terms() []Term {
	terms := []Term{r.weights()}
	for _, t := range []Term{r.cache(), r.compute(), r.vision(), r.promptCache(), r.fileCache(), r.runtime()} {
		if t.Bytes > 0 {
			terms = append(terms, t)
		}
	}
	for i := range terms {
		terms[i].Model = r.Name
		terms[i].Bytes = min(terms[i].Bytes, most)
	}
	return terms
}

// run is a model under its settings.
type run struct {
	Model
	settings                 Settings
	context, parallel, batch int
	ownEngine                bool
	// What follows, for Memory.
	sum   []Term
	parts layout
}

// weights are resident as a whole: without a GPU Ollama does not map the file
// (UseMmap in llm/server.go).
func (r run) weights() Term {
	t := Term{
		Name: "weights", Bytes: min(r.DiskBytes, most), Formula: fmt.Sprintf("%d bytes on disk", r.DiskBytes),
		Source: "no mmap without a GPU: llm/server.go",
	}
	if r.ownEngine && r.TiedBytes > 0 {
		t.Bytes += min(r.TiedBytes, most)
		t.Formula += fmt.Sprintf(" + %d bytes of token embedding, a second time as the output layer", r.TiedBytes)
		t.Source += "; token_embd becomes output.weight: ml/backend/ggml/ggml.go"
	}
	return t
}

// cache is the KV cache. It is cleared as it is made, so that all of it is
// resident from the start.
func (r run) cache() Term {
	if r.Embedder {
		return Term{}
	}
	kind := r.settings.KVCacheType
	if kind == "" || !r.quantizes() {
		kind = "f16"
	}
	number := kvBytes(kind)
	row := float64(r.KeyLength+r.ValueLength) * float64(r.KVHeads) * number
	cells := padded(r.context) * r.parallel
	sliding, window := r.slidingCells(cells)
	full := r.Layers - sliding
	t := Term{Name: "kv cache", Source: "GraphSize in fs/ggml/ggml.go"}
	t.Bytes = bounded(row * (float64(full)*float64(cells) + float64(sliding)*float64(window)))
	t.Formula = fmt.Sprintf("%d layers x %d tokens x %d requests x (%d + %d) x %d kv heads x %g bytes (%s)",
		full, padded(r.context), r.parallel, r.KeyLength, r.ValueLength, r.KVHeads, number, kind)
	if sliding > 0 {
		t.Formula += fmt.Sprintf(", and %d layers x %d tokens of sliding window", sliding, window)
		t.Source = "kvcache/causal.go"
	}
	return t
}

// quantizes reports whether the cache can have another type than f16: that takes
// flash attention, which some models lack (SupportsFlashAttention in
// fs/ggml/ggml.go).
func (r run) quantizes() bool {
	return r.Architecture != "gemma2" && r.Architecture != "grok" && r.KeyLength == r.ValueLength
}

// slidingCells is how many layers keep a window alone, and how many tokens such
// a layer keeps.
func (r run) slidingCells(cells int) (layers, window int) {
	if r.SlidingLayers == 0 || r.SlidingWindow == 0 {
		return 0, 0
	}
	keep := r.SlidingWindow
	if r.ownEngine && (r.Architecture == "gptoss" || r.Architecture == "gpt-oss" || r.Architecture == "gemma4") {
		keep = max(keep, 4096) // NewSWAMemCache: kept for the next prompt's sake
	}
	if !r.ownEngine && !LlamaServer(r.settings.Version) {
		return 0, 0 // swa_full is the default of llama.cpp's library, and Ollama leaves it
	}
	window = padded(keep*r.parallel + r.batch)
	if window >= cells {
		return 0, 0
	}
	return r.SlidingLayers, window
}

func padded(tokens int) int { return int(roundUp(int64(tokens), cachePadding)) }

// compute is the buffer that one batch's intermediate results pass through:
// the largest of the stages, which use it one after another.
func (r run) compute() Term {
	t := Term{Name: "compute"}
	if r.Embedder {
		// Flash attention is off for embedders: the scores of every token with
		// every other stand in memory.
		t.Bytes = bounded(4 * float64(r.batch) * (float64(r.Heads)*float64(r.batch) + 2*float64(r.FeedForward) + 4*float64(r.Embedding)))
		t.Formula = fmt.Sprintf("4 bytes x %d tokens x (%d heads x %d tokens + 2 x %d feed forward + 4 x %d embedding)",
			r.batch, r.Heads, r.batch, r.FeedForward, r.Embedding)
		t.Source = "SupportsFlashAttention in fs/ggml/ggml.go"
		return t
	}
	// Of what is reserved, resident is what a batch touches. llama.cpp reserves a
	// batch of words, too; but only the last token of a request becomes one.
	mask := int64(maskBytes)
	t.Source = "graph_reserve in llama-context.cpp"
	if r.ownEngine {
		mask, t.Source = ownMaskBytes, "reserveWorstCaseGraph in runner/ollamarunner/runner.go, buildMask in kvcache/causal.go"
	}
	t.Bytes = bounded(4*float64(r.batch)*(2*float64(r.FeedForward)+4*float64(r.Embedding)) +
		float64(mask)*float64(r.batch)*float64(r.context)*float64(r.parallel) + 4*float64(r.parallel)*float64(r.Vocab))
	t.Formula = fmt.Sprintf("4 bytes x %d tokens x (2 x %d feed forward + 4 x %d embedding) + mask of %d bytes x %d x %d x %d + 4 bytes x %d x %d vocabulary",
		r.batch, r.FeedForward, r.Embedding, mask, r.batch, r.context, r.parallel, r.parallel, r.Vocab)
	return t
}

// vision is the graph of one image, which is reserved as the model is loaded.
func (r run) vision() Term {
	return Term{
		Name: "vision", Bytes: r.VisionBytes, Formula: "the compute graph of one image, as logged",
		Source: "reserveWorstCaseGraph in runner/ollamarunner/runner.go",
	}
}

// promptCache is what llama-server keeps of earlier prompts.
func (r run) promptCache() Term {
	if !LlamaServer(r.settings.Version) || r.Embedder {
		return Term{}
	}
	return Term{
		Name: "prompt cache", Bytes: r.settings.promptCache(),
		Formula: fmt.Sprintf("LLAMA_ARG_CACHE_RAM=%d", r.settings.promptCache()/mib),
		Source:  "8 GiB unless set: ollama#18264",
	}
}

// fileCache is what the loading of the file leaves in the working set. The kernel
// takes it back before it kills anybody.
func (r run) fileCache() Term {
	if r.ownEngine {
		return Term{} // reads the file from its beginning to its end
	}
	return Term{
		Name: "file cache", Bytes: min(r.DiskBytes/2, layerCacheBytes*int64(r.Layers)),
		Formula: fmt.Sprintf("%d MiB x %d layers, at most half of the weights", layerCacheBytes/mib, r.Layers),
		Source:  "measured: docs/calibration.md",
	}
}

func (r run) runtime() Term {
	return Term{
		Name:  "runtime",
		Bytes: runnerBytes + int64(r.Vocab)*(wordBytes+requestWordBytes*int64(r.parallel-1)),
		Formula: fmt.Sprintf("%d MiB + %d vocabulary x (%d + %d x %d further requests) bytes",
			runnerBytes/mib, r.Vocab, wordBytes, requestWordBytes, r.parallel-1),
		Source: "measured: docs/calibration.md",
	}
}
