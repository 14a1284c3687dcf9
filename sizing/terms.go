package sizing

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
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
	r.engine = engineOf(m, s.Version)
	r.batch = min(r.engine.batch(r.context*r.parallel), r.context)
	if m.Embedder {
		r.batch = min(r.context, cmp.Or(r.engine.embedderBatch, r.context))
	}
	return r
}

func (r run) terms() []Term {
	terms := []Term{r.weights()}
	for _, t := range []Term{r.cache(), r.state(), r.checkpoints(), r.compute(), r.vision(), r.promptCache(), r.fileCache(), r.runtime()} {
		if t.Bytes > 0 {
			terms = append(terms, t)
		}
	}
	if t := r.loading(terms); t.Bytes > 0 {
		terms = append(terms, t)
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
	engine                   engine
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
	if r.engine.tiedTwice && r.TiedBytes > 0 {
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
	kind, row := r.row()
	cells := padded(r.context) * r.parallel
	sliding, window := r.slidingCells(cells)
	full := r.Layers - sliding
	t := Term{Name: "kv cache", Source: "GraphSize in fs/ggml/ggml.go"}
	t.Bytes = bounded(row * (float64(full)*float64(cells) + float64(sliding)*float64(window)))
	t.Formula = fmt.Sprintf("%d layers x %d tokens x %d requests x (%d + %d) x %d kv heads x %g bytes (%s)",
		full, padded(r.context), r.parallel, r.KeyLength, r.ValueLength, r.KVHeads, kvBytes(kind), kind)
	if sliding > 0 {
		t.Formula += fmt.Sprintf(", and %d layers x %d tokens of sliding window", sliding, window)
		t.Source = "kvcache/causal.go"
	}
	return t
}

// row is what a layer keeps of a token, and the type of its numbers.
func (r run) row() (kind string, bytes float64) {
	kind = r.settings.KVCacheType
	if kind == "" || !r.quantizes() {
		kind = "f16"
	}
	return kind, float64(r.KeyLength+r.ValueLength) * float64(r.KVHeads) * kvBytes(kind)
}

// state is what layers of a hybrid keep in the place of a cache.
func (r run) state() Term {
	return Term{
		Name: "state", Bytes: bounded(float64(r.StateBytes) * float64(r.parallel)),
		Formula: fmt.Sprintf("%d bytes x %d requests", r.StateBytes, r.parallel),
		Source:  "n_embd_r and n_embd_s in llama-hparams.cpp",
	}
}

// checkpoints are copies of what sliding windows see and of a hybrid's state, from
// which llama-server goes on where a question changes an earlier one: some of the
// newest prompt, and as it grows from question to question, older ones.
func (r run) checkpoints() Term {
	layers, _ := r.slidingCells(padded(r.context) * r.parallel)
	if layers == 0 && r.StateBytes == 0 || r.Embedder || !LlamaServer(r.settings.Version) {
		return Term{}
	}
	number := r.settings.checkpoints(r.context)
	kind, row := r.row()
	one := row*float64(layers)*float64(r.SlidingWindow) + float64(r.StateBytes)
	var parts []string
	if layers > 0 {
		parts = append(parts, fmt.Sprintf("%d layers x %d tokens of sliding window x (%d + %d) x %d kv heads x %g bytes (%s)",
			layers, r.SlidingWindow, r.KeyLength, r.ValueLength, r.KVHeads, kvBytes(kind), kind))
	}
	if r.StateBytes > 0 {
		parts = append(parts, fmt.Sprintf("%d bytes of state", r.StateBytes))
	}
	return Term{
		Name: "checkpoints", Bytes: bounded(one * float64(number) * float64(r.parallel)),
		Formula: fmt.Sprintf("%d checkpoints x %d requests x (%s)", number, r.parallel, strings.Join(parts, " + ")),
		Source:  "create_checkpoint in tools/server of llama.cpp, and its log",
	}
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
	switch {
	case !r.engine.windows:
		return 0, 0
	case LlamaServer(r.settings.Version):
		window = padded(keep+r.batch) * r.parallel // llama_kv_cache_iswa in its log
	default:
		if r.Architecture == "gptoss" || r.Architecture == "gpt-oss" || r.Architecture == "gemma4" {
			keep = max(keep, 4096) // NewSWAMemCache: kept for the next prompt's sake
		}
		window = padded(keep*r.parallel + r.batch)
	}
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
	t.Source = r.engine.computeSource
	seen, formula := r.context*r.parallel, fmt.Sprintf("%d x %d", r.context, r.parallel)
	if r.engine.maskOnce {
		seen, formula = r.context, strconv.Itoa(r.context)
		if layers, window := r.slidingCells(padded(r.context) * r.parallel); layers > 0 {
			window /= r.parallel
			seen, formula = seen+window, fmt.Sprintf("(%s + %d of sliding window)", formula, window)
		}
	}
	numbers, width := r.width()
	t.Bytes = bounded(4*float64(r.batch)*numbers + float64(r.engine.maskBytes)*float64(r.batch)*float64(seen) + 4*float64(r.parallel)*float64(r.Vocab))
	t.Formula = fmt.Sprintf("4 bytes x %d tokens x (%s) + mask of %d bytes x %d x %s + 4 bytes x %d x %d vocabulary",
		r.batch, width, r.engine.maskBytes, r.batch, formula, r.parallel, r.Vocab)
	return t
}

// width is how many numbers of a token exist at the same time: in its feed forward,
// or where experts follow one another, in what each of them makes of it before
// they are added up.
func (r run) width() (numbers float64, formula string) {
	numbers = float64(r.engine.wide)*float64(r.FeedForward) + 4*float64(r.Embedding)
	formula = fmt.Sprintf("%d x %d feed forward + 4 x %d embedding", r.engine.wide, r.FeedForward, r.Embedding)
	experts := 2*float64(r.FeedForward) + float64(2*r.ExpertsUsed+1)*float64(r.Embedding)
	if r.ExpertsUsed > 0 && experts > numbers {
		return experts, fmt.Sprintf("2 x %d feed forward + (2 x %d experts + 1) x %d embedding", r.FeedForward, r.ExpertsUsed, r.Embedding)
	}
	return numbers, formula
}

// loading is the tensor of experts that is read whole before it is written in
// another order, where that is more than what takes its place afterwards.
func (r run) loading(terms []Term) Term {
	t := Term{
		Name: "loading", Bytes: min(r.ExpertBytes, most), Formula: fmt.Sprintf("a tensor of %d bytes, less what comes after it", r.ExpertBytes),
		Source: "set_tensor of CPU_REPACK in ggml-cpu, and measured: docs/calibration-0.34.0.md",
	}
	if !LlamaServer(r.settings.Version) {
		return Term{}
	}
	for _, other := range terms {
		if other.Name != "weights" && other.Name != "file cache" && other.Name != "runtime" {
			t.Bytes -= other.Bytes
		}
	}
	return t
}

// vision is the graph of one image. Ollama's own engine reserves it as the model is
// loaded, llama-server grows to it.
func (r run) vision() Term {
	t := Term{
		Name: "vision", Bytes: r.VisionBytes, Formula: "the compute graph of one image, as logged",
		Source: "reserveWorstCaseGraph in runner/ollamarunner/runner.go",
	}
	if LlamaServer(r.settings.Version) {
		t.Bytes, t.Source = cmp.Or(r.FlashVisionBytes, r.VisionBytes), "reserve_compute_meta in tools/mtmd/clip.cpp"
	}
	return t
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
	layers := fmt.Sprintf("%d layers", r.Layers)
	if r.engine.ends > 0 {
		layers = fmt.Sprintf("(%d layers + %d for what is before and behind)", r.Layers, r.engine.ends)
	}
	return Term{
		Name: "file cache", Bytes: min(r.DiskBytes/r.engine.filePart, r.engine.layerCacheBytes*int64(r.Layers+r.engine.ends)),
		Formula: fmt.Sprintf("%d MiB x %s, at most %s of the weights", r.engine.layerCacheBytes/mib, layers, part(r.engine.filePart)),
		Source:  r.engine.measured,
	}
}

func part(n int64) string { return map[int64]string{1: "all", 2: "half", 3: "a third"}[n] }

func (r run) runtime() Term {
	e := r.engine
	t := Term{
		Name:  "runtime",
		Bytes: e.runnerBytes + int64(r.Vocab)*(e.wordBytes+e.requestWordBytes*int64(r.parallel-1)),
		Formula: fmt.Sprintf("%d MiB + %d vocabulary x (%d + %d x %d further requests) bytes",
			e.runnerBytes/mib, r.Vocab, e.wordBytes, e.requestWordBytes, r.parallel-1),
		Source: e.measured,
	}
	if merges := r.merges(); e.mergeBytes > 0 && merges > 0 {
		t.Bytes += e.mergeBytes * merges
		t.Formula += fmt.Sprintf(" + %d merges x %d bytes", merges, e.mergeBytes)
	}
	return t
}
