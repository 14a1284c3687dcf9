package sizing

// Settings are how Ollama runs the models. The zero value is Ollama's default of
// one request at a time with a context of 4096 tokens, and one model in memory.
type Settings struct {
	// ContextLength in tokens, for each request. Default 4096.
	ContextLength int
	// NumParallel requests, each with a context of its own. Default 1.
	NumParallel int
	// MaxLoadedModels in memory at the same time. Default 1.
	MaxLoadedModels int
	// KVCacheType is f16 (default), q8_0 or q4_0.
	KVCacheType string
	// PromptCache in bytes, from Ollama 0.30 on. Default 512 MiB; below 0 for none.
	PromptCache int64
	// Checkpoints that llama-server keeps for each request, from Ollama 0.30 on:
	// LLAMA_ARG_CTX_CHECKPOINTS. Default 32; below 0 for none.
	Checkpoints int
	// CheckpointSpacing is how many tokens lie between two of them:
	// LLAMA_ARG_CHECKPOINT_MIN_SPACING_NT. Default 8192; below 0 for any number.
	CheckpointSpacing int
	// Version of Ollama, as its image is tagged: 0.23.2. Other tags, such as
	// latest, count as the newest.
	Version string
	// Devices that hold what they have room for. Default none.
	Devices Devices
}

func (s Settings) context() int { return orDefault(s.ContextLength, 4096) }

func (s Settings) parallel() int { return orDefault(s.NumParallel, 1) }

func (s Settings) loaded() int { return orDefault(s.MaxLoadedModels, 1) }

func (s Settings) promptCache() int64 {
	if s.PromptCache == 0 {
		return promptCacheBytes
	}
	return max(0, s.PromptCache)
}

// checkpoints that one request has at most in a context of so many tokens: those of
// the newest prompt, and of older ones as far apart as they have to be.
func (s Settings) checkpoints(context int) int {
	most, spacing := s.Checkpoints, s.CheckpointSpacing
	if most == 0 {
		most = mostCheckpoints
	}
	if spacing == 0 {
		spacing = checkpointStep
	}
	most, spacing = max(most, 0), max(spacing, 1)
	return min(newestCheckpoints+int(roundUp(int64(context), int64(spacing))/int64(spacing)), most)
}

func orDefault(value, fallback int) int {
	if value <= 0 {
		return fallback
	}
	return value
}

// Threads that fit a CPU limit in thousandths of a core: whole cores, at least
// one. 0 for no limit. ggml's threads wait for each other in a busy loop, so
// that one more than there are cores makes all of them slow.
func Threads(milliCPU int64) int {
	if milliCPU <= 0 {
		return 0
	}
	return int(max(1, milliCPU/1000))
}
