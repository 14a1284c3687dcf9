package main

import (
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/shape"
	"github.com/hearth-dev/hearth/sizing"
)

// oneBatch is a prompt longer than the 512 tokens that Ollama reads at once: after it the compute buffer has been in full use.
const oneBatch = 600

// oneBatchOf is such a prompt for so many tokens of context: from 0.30 on Ollama reads more at once where that is long.
func (b *bench) oneBatchOf(context int) int {
	switch {
	case !sizing.LlamaServer(b.release.Version) || context <= 4096:
		return oneBatch
	case context <= 32768:
		return 2 * oneBatch
	}
	return 4 * oneBatch
}

// matrix lists the loads, the short ones first. One thread unless the row is about threads: more would only spin on a busy
// machine, and the memory is the same. Where the context is filled and where it is not, the rows beside each other show what
// the filling costs.
func (b *bench) matrix() []Load {
	const smol, gemma, qwen2, qwen3 = "smollm2:135m", "gemma3:270m", "qwen2.5:0.5b", "qwen3:0.6b"
	const llama1, llama3, llama8 = "llama3.2:1b", "llama3.2:3b", "llama3.1:8b"
	const minilm, nomic = "all-minilm:22m", "nomic-embed-text:v1.5"
	var loads []Load
	add := func(l Load) {
		l.Parallel, l.Threads = max(1, l.Parallel), max(1, l.Threads)
		if l.KVCacheType == "" {
			l.KVCacheType = "f16"
		}
		loads = append(loads, l)
	}
	short := func(context int, models ...string) Load {
		return Load{Models: models, Context: context, Prompt: b.oneBatchOf(context)}
	}
	full := func(context int, models ...string) Load { return Load{Models: models, Context: context} }
	// brief leaves the compute buffer partly unused: for the models that read a dozen tokens in a second.
	brief := func(context int, models ...string) Load { return Load{Models: models, Context: context, Prompt: 64} }

	add(full(512, minilm))
	add(full(2048, nomic))
	for _, name := range []string{smol, gemma, qwen2, qwen3} {
		add(short(4096, name))
	}
	add(short(4096, llama1))
	for _, name := range []string{smol, gemma, qwen3} {
		for _, kind := range []string{"q8_0", "q4_0"} {
			l := short(4096, name)
			l.KVCacheType = kind
			add(l)
		}
	}
	for _, name := range []string{smol, gemma} {
		add(full(2048, name))
		l := short(4096, name)
		l.Threads = 2
		add(l)
	}
	add(short(4096, smol, gemma))
	add(short(4096, llama3))
	for _, name := range []string{smol, gemma, qwen3, qwen2} {
		for _, n := range []int{2, 4} {
			l := short(2048, name)
			l.Parallel, l.Prompt = n, b.oneBatchOf(2048*n)/n // together they fill a batch
			add(l)
		}
	}
	for _, context := range []int{32768, 16384, 8192, 2048} {
		for _, name := range []string{smol, gemma, qwen2, qwen3} {
			if context <= trained(name) {
				add(short(context, name))
			}
		}
		add(brief(context, llama1))
	}
	add(short(2048, qwen2, nomic))
	add(brief(4096, llama8))
	add(brief(16384, llama3))
	l := brief(4096, llama3)
	l.KVCacheType = "q8_0"
	add(l)
	add(brief(4096, llama3, nomic))
	for _, name := range []string{smol, gemma, qwen2, qwen3} {
		add(full(4096, name))
	}
	add(full(8192, gemma))
	add(full(32768, gemma)) // few of its layers see the whole context, so that it takes minutes, not hours
	add(full(4096, llama1))
	for _, context := range []int{4096, 65536} {
		add(short(context, "qwen3:30b-first2"))
		add(short(context, "gpt-oss:20b-first2"))
	}
	if !sizing.LlamaServer(b.release.Version) {
		return loads
	}
	for _, name := range []string{smol, gemma, qwen3} {
		l := short(2048, name)
		l.Parallel, l.Prompt = 8, b.oneBatchOf(2048*8)/8
		add(l)
	}
	l = full(4096, smol)
	l.PromptCacheMiB = 128
	add(l)
	l = short(4096, qwen3) // two of its prompts are 126 MiB; one that is larger than the cache is not kept
	l.Prompt, l.PromptCacheMiB = 560, 128
	add(l)
	l = full(2048, gemma) // what it keeps of its sliding windows for each request
	l.Parallel = 8
	add(l)
	for _, context := range []int{8192, 32768} {
		l = full(context, gemma)
		l.Turns = 8
		add(l)
	}
	add(short(65536, llama1))
	add(brief(131072, llama1))
	add(short(65536, llama3))
	l = brief(131072, llama3)
	l.KVCacheType = "q4_0"
	add(l)
	l = brief(65536, llama3)
	l.KVCacheType = "q8_0"
	add(l)
	for _, context := range []int{4096, 32768, 65536, 131072} {
		add(short(context, "llama3.1:8b-first4"))
	}
	for _, context := range []int{8192, 65536} {
		l = short(context, "gemma3:4b-first6")
		l.Image = 896 // which it scales every image to
		add(l)
	}
	for _, side := range []int{896, 1736} { // the second is nearly as many tokens as fit
		l = brief(4096, "qwen2.5vl:3b-first2")
		l.Image = side
		add(l)
	}
	l = short(4096, "qwen3.5:9b-first8")
	l.Image = 896
	add(l)
	return loads
}

// trained is the longest context of the model, at which Ollama caps what it is asked for.
func trained(name string) int {
	for _, s := range shape.Catalogue() {
		if s.Name == name {
			return int(s.Context)
		}
	}
	return map[string]int{"smollm2:135m": 8192, "gemma3:270m": 32768}[name]
}

func embedder(name string) bool {
	return strings.HasPrefix(name, "all-minilm") || strings.HasPrefix(name, "nomic-embed")
}

// prompt is a text of about so many tokens; those of other numbers begin in another way. To a shape each byte is a token, to its embedders each word; the real models have
// a token for " the".
func prompt(name string, tokens, number int) string {
	first := strings.Repeat("b ", number)
	switch {
	case embedder(name):
		return strings.Repeat("a ", tokens)
	case name == "smollm2:135m", name == "gemma3:270m":
		return first + strings.Repeat(" the", tokens-2*number)
	default:
		return first + strings.Repeat("a ", tokens/2-number)
	}
}
