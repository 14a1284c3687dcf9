package sizing

import "fmt"

// Group is a number of devices, all alike, that hold one model together: its
// layers are divided into stages, and each layer of a stage over devices.
type Group struct {
	// Stages that the layers are divided into.
	Stages int
	// TensorParallel is how many devices each stage has.
	TensorParallel int
	// ContextLength of one request, in tokens.
	ContextLength int
	// Device is the memory of each device in bytes.
	Device int64
}

// Share is what the fullest device of a group holds, in bytes.
type Share struct {
	Weights, Cache, Engine int64
	// Required is their sum, and Usable what the engine takes of the device.
	Required, Usable int64
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
		Engine:  groupEngineBytes,
		Usable:  min(g.Device, most) / 100 * GroupUsable,
	}
	s.Required = s.Weights + s.Cache + s.Engine
	return s
}

// Sum spells the sum.
func (s Share) Sum() string {
	return fmt.Sprintf("weights %s + context of one request %s + vLLM itself %s = %s, of %s that it takes (%d %%)",
		MiB(s.Weights), MiB(s.Cache), MiB(s.Engine), MiB(s.Required), MiB(s.Usable), GroupUsable)
}
