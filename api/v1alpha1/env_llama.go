package v1alpha1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// llamaPrefix begins the variables in whose place llama-server has an argument,
// llamaNegated those that turn one off.
const (
	llamaPrefix  = "LLAMA_ARG_"
	llamaNegated = llamaPrefix + "NO_"
)

// The variables of llama-server that the memory follows.
const (
	llamaCheckpoints = "LLAMA_ARG_CTX_CHECKPOINTS"
	llamaSpacing     = "LLAMA_ARG_CHECKPOINT_MIN_SPACING_NT"
)

// mostOfLlama is the highest number of checkpoints, and of tokens between two, that
// is taken: more than any context has tokens.
const mostOfLlama = 1 << 20

// Reasons that several variables of llama-server share.
const (
	ollamaSays = "Ollama gives llama-server an argument of its own, which goes before it"
	ollamaKey  = "Ollama sends llama-server no key, and no model would answer"
	ollamaTLS  = "Ollama asks llama-server without TLS, and no model would answer"
)

// llamaOwned are the variables of llama-server that Ollama decides, or with which it
// cannot work: llm/llama_server.go of Ollama 0.34.0, and runs of it with a key, a
// prefix, another context and another batch.
var llamaOwned = map[string]variable{
	"LLAMA_API_KEY":            {ollamaKey, "remove it; expose.apiKeys asks programs for one"},
	"LLAMA_ARG_API_KEY_FILE":   {ollamaKey, "remove it; expose.apiKeys asks programs for one"},
	"LLAMA_ARG_API_PREFIX":     {"Ollama asks llama-server without a prefix, and no model would answer", "remove it"},
	"LLAMA_ARG_BATCH":          {ollamaSays, "remove it: it is an option of a request, num_batch"},
	"LLAMA_ARG_CACHE_TYPE_K":   {"the memory follows ollama.kvCacheType alone", "use ollama.kvCacheType"},
	"LLAMA_ARG_CACHE_TYPE_V":   {"the memory follows ollama.kvCacheType alone", "use ollama.kvCacheType"},
	"LLAMA_ARG_CTX_SIZE":       {ollamaSays, "use ollama.contextLength"},
	"LLAMA_ARG_FLASH_ATTN":     {ollamaSays, "use ollama.kvCacheType, which turns it on"},
	"LLAMA_ARG_HOST":           {ollamaSays, "remove it: Ollama alone asks llama-server"},
	"LLAMA_ARG_LOG_PREFIX":     {ollamaSays, "remove it"},
	"LLAMA_ARG_LOG_TIMESTAMPS": {ollamaSays, "remove it"},
	"LLAMA_ARG_LOG_VERBOSITY":  {ollamaSays, `write OLLAMA_DEBUG: "1"`},
	"LLAMA_ARG_MODEL":          {ollamaSays, "use ollama.models"},
	"LLAMA_ARG_N_PARALLEL":     {ollamaSays, "use ollama.numParallel"},
	"LLAMA_ARG_OFFLINE":        {ollamaSays, "remove it"},
	"LLAMA_ARG_PORT":           {ollamaSays, "remove it: Ollama alone asks llama-server"},
	"LLAMA_ARG_RPC":            {"parts of the model and of what is asked go to another machine, with neither a password nor TLS", "remove it"},
	"LLAMA_ARG_SSL_CERT_FILE":  {ollamaTLS, "remove it; expose.tls is for the way from outside"},
	"LLAMA_ARG_SSL_KEY_FILE":   {ollamaTLS, "remove it; expose.tls is for the way from outside"},
	"LLAMA_ARG_UBATCH":         {ollamaSays, "remove it: it is an option of a request, num_batch"},
	"LLAMA_ARG_UI":             {ollamaSays, "remove it: Ollama alone asks llama-server"},
}

// llamaPlain are the variables of llama-server that change no memory, without their
// prefix; llamaHeavy those that may, by an amount that hearth has not measured. Both
// are those of common/arg.cpp of llama.cpp 10760, which is Ollama 0.34.0's.
var (
	llamaPlain = strings.Fields(`ALIAS BACKEND_SAMPLING CACHE_PROMPT CACHE_RAM CACHE_REUSE CHAT_TEMPLATE CHAT_TEMPLATE_FILE
		CHAT_TEMPLATE_KWARGS CONTEXT_SHIFT CONT_BATCHING CORS_CREDENTIALS CORS_HEADERS CORS_METHODS CORS_ORIGINS DEFRAG_THOLD
		ENDPOINT_METRICS ENDPOINT_PROPS ENDPOINT_SLOTS FIT FIT_CTX FIT_ESTIMATE FIT_TARGET GRP_ATTN_N GRP_ATTN_W JINJA LOG_COLORS
		LOG_FILE NUMA N_PREDICT PERF POOLING PREFILL_ASSISTANT REASONING REASONING_EFFORT REASONING_PRESERVE REUSE_PORT
		ROPE_FREQ_BASE ROPE_FREQ_SCALE ROPE_SCALE ROPE_SCALING_TYPE SHOW_TIMINGS SKIP_CHAT_PARSING SSE_PING_INTERVAL STATIC_PATH
		TAGS THINK THINK_BUDGET THINK_BUDGET_MESSAGE THREADS THREADS_HTTP TIMEOUT TOP_K UI_CONFIG UI_CONFIG_FILE YARN_ATTN_FACTOR
		YARN_BETA_FAST YARN_BETA_SLOW YARN_EXT_FACTOR YARN_ORIG_CTX`)
	llamaHeavy = strings.Fields(`AGENT CACHE_IDLE_SLOTS CPU_MOE DEVICE DIO DOCKER_REPO DRAFT_MAX DRAFT_MIN EMBEDDINGS HF_FILE HF_REPO
		IMAGE_MAX_TOKENS IMAGE_MIN_TOKENS KV_OFFLOAD KV_UNIFIED KV_UNIFIED_PER_SLOT LAZY_MODE LOAD_MODE MAIN_GPU
		MCP_SERVERS_CONFIG MCP_SERVERS_JSON MLOCK MMAP MMPROJ MMPROJ_AUTO MMPROJ_OFFLOAD MMPROJ_URL MODELS_AUTOLOAD MODELS_DIR
		MODELS_MAX MODELS_PRESET MODEL_URL MTMD_BATCH_MAX_TOKENS NO_HOST N_CPU_FFN N_CPU_MOE N_GPU_LAYERS N_GPU_LAYERS_DRAFT
		OVERRIDE_TENSOR REPACK RERANKING SPEC_DRAFT_BACKEND_SAMPLING SPEC_DRAFT_CACHE_TYPE_K SPEC_DRAFT_CACHE_TYPE_V SPEC_DRAFT_CPU_MOE
		SPEC_DRAFT_HF_REPO SPEC_DRAFT_MODEL SPEC_DRAFT_N_CPU_MOE SPEC_DRAFT_N_MAX SPEC_DRAFT_N_MIN SPEC_DRAFT_P_MIN
		SPEC_DRAFT_P_SPLIT SPEC_SYNTH_LEN SPEC_SYNTH_RATES SPEC_TYPE SPLIT_MODE SWA_FULL TENSOR_SPLIT TOOLS TOOLS_RUNTIME
		UI_MCP_PROXY VIDEO_FFMPEG_DIR VIDEO_FPS VIDEO_TIMESTAMP_INTERVAL`)
)

// LlamaArgument says what is wrong with a variable that Ollama hands on to
// llama-server; nil if nothing is, or if it is no such variable. The value is nil
// where it is not known, such as that of a Secret.
func LlamaArgument(name string, value *string) *VariableProblem {
	if _, ours := llamaOwned[name]; !ours && !strings.HasPrefix(name, llamaPrefix) {
		return nil
	}
	meant, of := name, strings.TrimPrefix(name, llamaPrefix)
	if !slices.Contains(llamaHeavy, of) && strings.HasPrefix(name, llamaNegated) {
		of = strings.TrimPrefix(name, llamaNegated)
		meant = llamaPrefix + of
	}
	if found, ours := owned(llamaOwned, meant); ours {
		return &VariableProblem{problem.Error, found.reason, found.fix}
	}
	counted := name == llamaCheckpoints || name == llamaSpacing
	switch {
	case counted && value != nil:
		if _, ok := llamaCount(*value); !ok {
			return &VariableProblem{problem.Error, fmt.Sprintf("got %q, want 0 to %d", *value, mostOfLlama), ""}
		}
	case counted, slices.Contains(llamaHeavy, of):
		return &VariableProblem{problem.Warning, "llama-server may take other memory with it, which hearth does not count",
			"set resources.limits.memory with room for it; `hearth verify` shows what the pod has taken"}
	case !slices.Contains(llamaPlain, of):
		u := &VariableProblem{problem.Warning, "the llama-server of Ollama " + versions.Ollama.Measured + " reads no variable of this name", "remove it, or see tools/server/README.md of llama.cpp"}
		if near := spelling.Misspelt(name, llamaNames()); near != "" {
			u.Fix = fmt.Sprintf("did you mean %s?", near)
		}
		return u
	}
	return nil
}

// llamaNames are the names of llama-server's variables that may be set.
func llamaNames() []string {
	names := []string{llamaCheckpoints, llamaSpacing}
	for _, name := range slices.Concat(llamaPlain, llamaHeavy) {
		names = append(names, llamaPrefix+name)
	}
	return names
}

// CountLlama puts what variables of llama-server say of memory into settings: lookup
// returns the value of a variable, and whether it is set and known.
func CountLlama(s *sizing.Settings, lookup func(name string) (string, bool)) {
	for name, field := range map[string]*int{llamaCheckpoints: &s.Checkpoints, llamaSpacing: &s.CheckpointSpacing} {
		value, known := lookup(name)
		if n, ok := llamaCount(value); known && ok {
			if *field = n; n == 0 {
				*field = -1
			}
		}
	}
}

// llamaCount is the number that a counted variable says; false if llama-server does
// not take it, or nobody means it.
func llamaCount(value string) (int, bool) {
	n, err := strconv.Atoi(value)
	return n, err == nil && n >= 0 && n <= mostOfLlama
}
