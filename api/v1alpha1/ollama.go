package v1alpha1

// Ollama is the inference server: a Deployment with one pod and a volume of
// models, behind the Service "ollama", port 11434.
type Ollama struct {
	Workload
	// Models to hold, as for `ollama pull`: llama3.2:3b, or with a registry's
	// host. At least one.
	Models []string `json:"models"`
	// Pull is missing (default): an init container fetches the models that the
	// volume lacks. never: the volume is filled by other means.
	Pull Pull `json:"pull,omitempty"`
	// ContextLength in tokens (OLLAMA_CONTEXT_LENGTH). Default: Ollama's own, 4096.
	ContextLength int `json:"contextLength,omitempty"`
	// NumParallel requests per loaded model (OLLAMA_NUM_PARALLEL); each has a
	// context of its own in memory. Default 1.
	NumParallel int `json:"numParallel,omitempty"`
	// MaxLoadedModels at the same time (OLLAMA_MAX_LOADED_MODELS). Default 1,
	// since the memory limit is one for all of them; 2 beside a chat that embeds
	// with this Ollama: else each search in a document throws the chat's model
	// out of memory.
	MaxLoadedModels int `json:"maxLoadedModels,omitempty"`
	// KeepAlive is how long a model stays in memory after an answer
	// (OLLAMA_KEEP_ALIVE): a duration, or -1 for ever. Default: Ollama's own, 5m.
	KeepAlive KeepAlive `json:"keepAlive,omitempty"`
	// KVCacheType is f16 (Ollama's default), q8_0 or q4_0: half or a quarter of
	// the cache's memory, with flash attention on (OLLAMA_KV_CACHE_TYPE).
	KVCacheType KVCacheType `json:"kvCacheType,omitempty"`
	// Accelerator to compute on. Default none, the CPU. The nodes that have one
	// are chosen by nodeSelector and tolerations, as for every pod.
	Accelerator *Accelerator `json:"accelerator,omitempty"`
	// Threads that compute an answer: auto (default), as many as the CPU limit
	// has whole cores, or a number. Ollama 0.13 to 0.29 can be told a number by a
	// model alone: the init container makes a copy of each with the number in its
	// name, llama3.2:3b-t4, which shares the weights and stands beside the other.
	Threads Threads `json:"threads,omitempty"`
	// PromptCache of each loaded model (LLAMA_ARG_CACHE_RAM), from Ollama 0.30
	// on: memory that keeps earlier prompts, or none. Default 512Mi.
	PromptCache Quantity `json:"promptCache,omitempty"`
	// LoadTimeout is how long the loading of a model may stall
	// (OLLAMA_LOAD_TIMEOUT). Default: 5m, or what the largest model takes from a
	// volume of 10 MB/s.
	LoadTimeout Duration `json:"loadTimeout,omitempty"`
	// Node is the size of the nodes that the pod may run on, what a pod can have
	// of it: it refuses what fits on none of them. Default: unknown.
	Node *Node `json:"node,omitempty"`
	// ModelSizes are the figures of models that hearth does not know, by their
	// name in models. `hearth size FILE.gguf` prints them.
	ModelSizes map[string]ModelSize `json:"modelSizes,omitempty"`
}

// Node is what pods can have of a node (`kubectl describe node`, Allocatable).
type Node struct {
	CPU    Quantity `json:"cpu,omitempty"`
	Memory Quantity `json:"memory,omitempty"`
}

// Pull says who fetches models.
type Pull string

// The ways models get onto the volume.
const (
	PullMissing Pull = "missing"
	PullNever   Pull = "never"
)

// Values lists the allowed ways.
func (Pull) Values() []string { return []string{string(PullMissing), string(PullNever)} }

// KVCacheType is the number format of the key-value cache.
type KVCacheType string

// Values lists the formats that Ollama knows.
func (KVCacheType) Values() []string { return []string{"f16", "q8_0", "q4_0"} }
