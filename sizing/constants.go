package sizing

import "time"

const (
	kib = 1 << 10
	mib = 1 << 20
)

// The constants of the formulas that hold for every engine, each with where it
// comes from; those of one engine stand in engine.go. A calibration changes them
// there and nowhere else.
const (
	// cachePadding rounds the KV cache up: CacheConfig in
	// ml/backend/ggml/ggml.go, GGML_PAD(n_ctx, 256) in llama.cpp.
	cachePadding = 256

	// serverBytes is `ollama serve` without a model: 10 to 27 MiB of its own, and
	// its program in the file cache (docs/calibration.md).
	serverBytes = 48 * mib
	// checkpointStep is how far apart llama-server keeps copies of what a sliding
	// window sees, in tokens, newestCheckpoints how many it keeps of the newest
	// prompt besides, and mostCheckpoints how many of all for each request: its log,
	// and --checkpoint-min-step and --ctx-checkpoints of its README.
	checkpointStep, newestCheckpoints, mostCheckpoints = 8192, 2, 32

	// promptCacheBytes is LLAMA_ARG_CACHE_RAM from 0.30 on, in place of its
	// default of 8 GiB for each model (ollama#18264).
	promptCacheBytes = 512 * mib

	// contextBytes is what a process takes of a device besides what it asks for:
	// MinimumMemory in ml/device.go of 0.13 to 0.34.
	contextBytes = 457 * mib
	// fitMarginBytes is what llama-server leaves free on each device: --fit-target
	// of its README, which Ollama from 0.30 on does not set.
	fitMarginBytes = 1024 * mib
	// deviceUsable is how much of a device's memory programs get, in percent: the
	// 80 GiB of an H100 are 78.7 in Ollama's log (ollama#10061).
	deviceUsable = 98
	// outputBytes is one number of an output layer in Q6_K.
	outputBytes = 105.0 / 128
	// driverBytes is what the driver's libraries keep in the memory of a model's
	// process. Assumed: no machine of hearth's tests has a device.
	driverBytes = 256 * mib

	// headroom is how much of the limit is above what is required, in percent: a
	// container at its limit is killed, not slowed.
	headroom = 15
	// limitStep rounds the memory limit and the request up.
	limitStep = 256 * mib

	// volumeTight is the smallest volume in percent of the blobs on it: file
	// systems keep some for themselves, and templates and manifests are small.
	volumeTight = 105
	// volumeRoomy is the part of the comfortable volume that grows with the
	// blobs; the largest model comes on top, because an updated tag needs old and
	// new blobs together.
	volumeRoomy = 120
	// volumeStep rounds the comfortable volume up.
	volumeStep = 1 << 30

	// pullRate is the slowest line that the puller's deadline allows for, in
	// bytes a second: 8 Mbit/s.
	pullRate = 1_000_000
	// pullStart is what a Deployment gets by default, for everything else.
	pullStart = 10 * time.Minute
	// loadRate is the slowest volume that OLLAMA_LOAD_TIMEOUT allows for, in
	// bytes a second.
	loadRate = 10_000_000
	// loadDefault is Ollama's own OLLAMA_LOAD_TIMEOUT (envconfig/config.go).
	loadDefault = 5 * time.Minute
)

// kvBytes is the size of one number of the KV cache. ggml's q8_0 keeps 32
// numbers in 34 bytes and q4_0 in 18; Ollama's own estimate rounds them to 1 and
// 0.5 (kvCacheBytesPerElement in fs/ggml/ggml.go).
func kvBytes(cacheType string) float64 {
	switch cacheType {
	case "q8_0":
		return 34.0 / 32
	case "q4_0":
		return 18.0 / 32
	}
	return 2
}
