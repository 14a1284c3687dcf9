package sizing

import "fmt"

// Group is a number of devices, or of pods that compute on their processors, all
// alike, that hold one model together: its layers are divided into stages, and each
// layer of a stage over devices.
type Group struct {
	// LlamaCpp says that llama.cpp runs it, else vLLM. The table of words is whole at
	// its first and its last stage.
	LlamaCpp bool
	// Stages that the layers are divided into.
	Stages int
	// TensorParallel is how many devices each stage has.
	TensorParallel int
	// ContextLength of one request, in tokens.
	ContextLength int
	// Device is the memory of each device in bytes, or of each pod.
	Device int64
}

// Share is what the fullest device of a group holds, in bytes.
type Share struct {
	Weights, Cache, Engine int64
	// Required is their sum, and Usable what the engine takes of the device.
	Required, Usable int64

	program string
	percent int64
}

const (
	// GroupUsable is how much of a device's memory vLLM takes, in percent:
	// --gpu-memory-utilization, which is written so that the sum holds for each of
	// its versions.
	GroupUsable = 90
	// groupEngineBytes is what vLLM takes of it besides weights and cache: the peak
	// of its activations, CUDA's graphs, and buffers between devices. Assumed: no
	// machine of hearth's tests has a device.
	groupEngineBytes = 2 << 30
	// llamaGroupBytes is what llama.cpp takes of a pod besides weights, cache, and the
	// larger of these: two copies of the table of words, while the one of the last stage
	// is sent there, and the numbers that a batch of words has for each of the
	// vocabulary's. Measured with b10760 over two processes, with 16 layers in Q8_0, a
	// table of 70 MiB, a vocabulary of 32768, and 1556 tokens read: the server took 160
	// MiB more than its weights at most when it had loaded and when it had read, its
	// worker 120 MiB. So 96 MiB are its own, and a third more.
	llamaGroupBytes = 128 << 20
	// llamaBatch is how many tokens llama.cpp reads at once: its --ubatch-size.
	llamaBatch = 512
)

// Spread is the fullest device's part of a model in 16-bit cache: the stage with
// the most layers, divided. Every device keeps at least one head.
func Spread(m Model, g Group) Share {
	stages, parallel := int64(max(1, g.Stages)), int64(max(1, g.TensorParallel))
	layers := int64(max(1, m.Layers))
	own := (layers + stages - 1) / stages
	heads := (int64(m.KVHeads) + parallel - 1) / parallel
	s := Share{
		Weights: min(m.DiskBytes, most) / layers * own / parallel,
		Cache:   min(own*heads*int64(m.KeyLength+m.ValueLength)*2, most/int64(max(1, g.ContextLength))) * int64(g.ContextLength),
		Engine:  groupEngineBytes, program: "vLLM", percent: GroupUsable,
	}
	if g.LlamaCpp {
		table := wordTable(m)
		s.Engine, s.program, s.percent = llamaGroupBytes+max(2*table, int64(m.Vocab)*llamaBatch*4), "llama.cpp", 100
		// The table is a part of the file, of which the stage has its share already.
		s.Weights = min(s.Weights+table/layers*(layers-own), min(m.DiskBytes, most))
	}
	s.Usable = min(g.Device, most) / 100 * s.percent
	s.Required = s.Weights + s.Cache + s.Engine
	return s
}

// wordTable is at most how many bytes the table of words has in the file: in Q8_0, or
// in 16 bits where the file's other weights may be of 16 bits. Those of a layer that
// are sure to be there are counted, and are fewer than there are.
func wordTable(m Model) int64 {
	table := int64(m.Vocab) * int64(m.Embedding)
	sure := 3*float64(m.Layers)*float64(m.Embedding)*float64(m.FeedForward) + float64(table)
	if float64(m.DiskBytes)*8 < 14*sure {
		return table * 17 / 16
	}
	return table * 2
}

// Sum spells the sum.
func (s Share) Sum() string {
	sum := fmt.Sprintf("weights %s + context of one request %s + %s itself %s = %s",
		MiB(s.Weights), MiB(s.Cache), s.program, MiB(s.Engine), MiB(s.Required))
	if s.percent < 100 {
		sum += fmt.Sprintf(", of %s that it takes (%d %%)", MiB(s.Usable), s.percent)
	}
	return sum
}
