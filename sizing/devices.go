package sizing

import (
	"fmt"
	"slices"
)

// Devices are graphics processors that Ollama computes on, all alike. The zero
// value is none, or some of a memory that nobody has said.
type Devices struct {
	// Count of devices, up to 64.
	Count int `json:"count"`
	// Memory of each in bytes.
	Memory int64 `json:"memory"`
	// Overhead that Ollama leaves free on each in bytes, OLLAMA_GPU_OVERHEAD,
	// which llama-server does not know.
	Overhead int64 `json:"overhead,omitempty"`
}

func (d Devices) known() bool { return d.Count > 0 && d.Memory > 0 }

// Device is what graphics processors hold while the pod is at its peak.
type Device struct {
	Devices
	// Terms add up to Bytes, on all devices together.
	Terms []Term `json:"terms"`
	Bytes int64  `json:"bytes"`
	// Models that are in memory together, as they are divided.
	Models []Divided `json:"models"`
	// Apart are the models that the settings would have in memory together with
	// the largest, and that do not fit on the devices beside it: Ollama throws
	// one out for the other.
	Apart []string `json:"apart,omitempty"`
}

// Divided is how much of a model is where.
type Divided struct {
	Model string `json:"model"`
	// Layers on the devices of All; the output layer is one of them.
	Layers int `json:"layers"`
	All    int `json:"all"`
	// Spilled is what the processor holds, and computes with, since no device has
	// room: layers with their part of the KV cache, in bytes.
	Spilled int64 `json:"spilled,omitempty"`
}

// Spilled are the models of which the devices do not hold all.
func (n Need) Spilled() (models []Divided) {
	if n.Device != nil {
		for _, m := range n.Device.Models {
			if m.Layers < m.All {
				models = append(models, m)
			}
		}
	}
	return models
}

// divide is the memory of models between the processor and devices, at the
// processor's peak. Ollama divides a model only if it is alone; a further one
// has to fit on the devices as a whole, or the others are thrown out for it
// (requireFull in server/sched.go).
func divide(all []run, s Settings) (peak Need) {
	for i, r := range all {
		all[i].parts = r.layout()
	}
	for i := range all {
		p := placement{settings: s, free: make([]int64, min(s.Devices.Count, 64))}
		for d := range p.free {
			p.free[d] = min(s.Devices.Memory, most) * deviceUsable / 100
		}
		order := append([]run{all[i]}, slices.Delete(slices.Clone(all), i, i+1)...)
		var apart []string
		for _, r := range order {
			if len(p.need.Models) < s.loaded() && !p.place(r) {
				apart = append(apart, r.Name)
			}
		}
		n := p.done()
		if i == 0 && len(n.Models) < min(s.loaded(), len(all)) {
			n.Device.Apart = apart
		}
		if i == 0 || n.Required > peak.Required {
			if i > 0 {
				n.Device.Apart = peak.Device.Apart
			}
			peak = n
		}
	}
	return peak
}

// placement is models on devices, and what is left for the processor.
type placement struct {
	settings Settings
	free     []int64 // of each device
	used     int     // devices that hold something
	need     Need
	device   Device
}

// kept is what a device has free in the end, besides its context.
func (p *placement) kept() int64 {
	if LlamaServer(p.settings.Version) {
		return fitMarginBytes
	}
	return max(0, min(p.settings.Devices.Overhead, most))
}

// place puts a model where it goes, and reports whether it did: the first one
// always, another one if the devices hold all of it.
func (p *placement) place(r run) bool {
	slices.SortFunc(p.free, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
	l := r.parts
	devices, layers := 0, -1
	for n := 1; n <= len(p.free) && layers < 0; n++ {
		if p.room(l, n, true) >= r.Layers {
			devices, layers = n, r.Layers
		}
	}
	whole := layers >= 0
	if !whole {
		if len(p.need.Models) > 0 {
			return false
		}
		layers = min(p.room(l, len(p.free), false), r.Layers)
		for n := 1; n <= len(p.free) && devices == 0; n++ {
			if p.room(l, n, false) >= layers {
				devices = n
			}
		}
	}
	p.need.Models = append(p.need.Models, r.Name)
	d := Divided{Model: r.Name, Layers: layers, All: r.Layers + 1, Spilled: int64(r.Layers-layers) * l.layer()}
	if whole {
		d.Layers++
	}
	p.device.Models = append(p.device.Models, d)
	p.need.Terms = append(p.need.Terms, r.onProcessor(l, d)...)
	if layers > 0 {
		p.used = max(p.used, devices)
		p.device.Terms = append(p.device.Terms, r.onDevices(l, d, devices)...)
		p.take(l, layers, devices, whole)
	}
	return true
}

// room is how many layers fit on the n devices that have the most room.
func (p *placement) room(l layout, n int, output bool) int {
	layers := 0
	for d := range n {
		layers += int(max(0, p.left(l, d, output)) / l.layer())
		if d == 0 && p.left(l, d, output) < 0 {
			return 0
		}
	}
	return layers
}

// left is what a device has for layers. The first one has the output layer, and
// what an image passes through.
func (p *placement) left(l layout, d int, output bool) int64 {
	left := p.free[d] - contextBytes - p.kept() - l.reserve - l.compute.Bytes
	if d == 0 {
		left -= l.vision
		if output {
			left -= l.output
		}
	}
	return left
}

func (p *placement) take(l layout, layers, devices int, output bool) {
	for d := range devices {
		n := min(layers, int(max(0, p.left(l, d, output))/l.layer()))
		layers -= n
		p.free[d] = min(p.free[d], p.left(l, d, output)+p.kept()+l.reserve) - int64(n)*l.layer()
	}
}

// done is the sum.
func (p *placement) done() Need {
	n := p.need
	n.Terms = append(n.Terms, serverTerm())
	n.Required = total(n.Terms)
	n.Limit = Limit(n.Required)
	d := p.device
	d.Devices = p.settings.Devices
	if kept := p.kept(); kept > 0 && p.used > 0 {
		d.Terms = append(d.Terms, Term{
			Name: "kept free", Bytes: kept * int64(p.used), Formula: MiB(kept) + times(p.used),
			Source: "--fit-target of llama-server, OLLAMA_GPU_OVERHEAD before 0.30",
		})
	}
	d.Bytes = total(d.Terms)
	n.Device = &d
	return n
}

// layout is a model in the parts that can be on different sides, in bytes.
type layout struct {
	weights, cache int64 // of one layer
	output         int64 // the output layer; the token embedding, as large, stays with the processor
	vision         int64
	reserve        int64 // left free on each device
	compute        Term  // on each device
}

// layer and what it keeps of the context.
func (l layout) layer() int64 { return max(1, l.weights+l.cache) }

func (r run) layout() layout {
	layers := int64(max(1, r.Layers))
	l := layout{output: r.embeddingBytes(), vision: r.vision().Bytes, compute: r.deviceCompute()}
	l.weights = (min(r.DiskBytes, most) - l.output) / layers
	l.cache = r.cache().Bytes / layers
	if r.reckoned() {
		l.reserve = l.layer()
	}
	return l
}

// embeddingBytes is the token embedding: as said, or its words in the model's
// mean number format.
func (r run) embeddingBytes() int64 {
	bytes := r.TiedBytes
	if words := float64(r.Vocab) * float64(r.Embedding); bytes == 0 && r.Parameters > 0 {
		bytes = bounded(words * float64(r.DiskBytes) / float64(r.Parameters))
	} else if bytes == 0 {
		bytes = bounded(words * outputBytes)
	}
	return min(bytes, min(r.DiskBytes, most)/2)
}

// reckoned reports whether Ollama itself reckons what fits on a device, before it
// starts llama.cpp's library.
func (r run) reckoned() bool { return !r.ollamaEngine() && !LlamaServer(r.settings.Version) }

// deviceCompute is the buffer for one batch on each device. What is reserved
// there is taken, unlike the processor's.
func (r run) deviceCompute() Term {
	t := r.compute()
	if r.Embedder {
		return t
	}
	batch, vocab, embedding := float64(r.batch), float64(r.Vocab), float64(r.Embedding)
	numbers, width := r.width()
	stages := map[string]float64{fmt.Sprintf("4 bytes x %d tokens x (%s)", r.batch, width): 4 * batch * numbers}
	mask := llamaCPP.maskBytes
	if LlamaServer(r.settings.Version) {
		mask = r.engine.maskBytes // and only the last token of a request becomes a word
	} else {
		stages[fmt.Sprintf("4 bytes x %d tokens x (%d embedding + %d vocabulary)", r.batch, r.Embedding, r.Vocab)] = 4 * batch * (embedding + vocab)
	}
	source := "graph_reserve in llama-context.cpp"
	reckoned := r.reckoned()
	if quantized := r.settings.KVCacheType != "" && r.settings.KVCacheType != "f16"; reckoned || !r.quantizes() {
		if !quantized || !r.quantizes() {
			stages[fmt.Sprintf("4 bytes x %d tokens x %d of context x %d heads", r.batch, r.context*r.parallel, r.Heads)] = 4 * batch * float64(r.context*r.parallel) * float64(r.Heads)
		}
		source = "without flash attention: GraphSize in fs/ggml/ggml.go"
	}
	if reckoned {
		stages[fmt.Sprintf("4 bytes x %d tokens x (%d embedding + %d vocabulary) + %g bytes x %d x %d of output layer", r.batch, r.Embedding, r.Vocab, outputBytes, r.Embedding, r.Vocab)] =
			4*batch*(embedding+vocab) + outputBytes*embedding*vocab
	}
	var most float64
	for formula, bytes := range stages {
		if bytes > most || bytes == most && formula < t.Formula {
			most, t.Formula = bytes, formula
		}
	}
	t.Formula += fmt.Sprintf(" + mask of %d bytes x %d x %d x %d", mask, r.batch, r.context, r.parallel)
	t.Bytes, t.Source = bounded(most+float64(mask)*batch*float64(r.context)*float64(r.parallel)), source
	return t
}

// onProcessor is what the pod's own memory holds of a model.
func (r run) onProcessor(l layout, d Divided) (terms []Term) {
	held := min(d.Layers, r.Layers)
	for _, t := range r.sum {
		switch {
		case held == 0:
		case t.Name == "weights":
			t.Bytes = l.output + int64(r.Layers-held)*l.weights
			t.Formula = fmt.Sprintf("%s of token embedding + %d of %d layers x %s", MiB(l.output), r.Layers-held, r.Layers, MiB(l.weights))
			t.Source = "createLayout in llm/server.go; InputWeights stay with the processor"
		case t.Name == "kv cache":
			t.Bytes = int64(r.Layers-held) * l.cache
			t.Formula = fmt.Sprintf("%d of %d layers x %s", r.Layers-held, r.Layers, MiB(l.cache))
		case t.Name == "vision":
			continue
		}
		if t.Bytes > 0 {
			terms = append(terms, t)
		}
	}
	return append(terms, Term{
		Model: r.Name, Name: "driver", Bytes: driverBytes, Formula: "a constant",
		Source: "assumed: what CUDA, ROCm or Vulkan keeps for a process, which nobody has measured here",
	})
}

// onDevices is what the devices hold of a model.
func (r run) onDevices(l layout, d Divided, devices int) (terms []Term) {
	held, output := int64(min(d.Layers, r.Layers)), int64(0)
	if d.Layers == d.All {
		output = l.output
	}
	context := int64(contextBytes)
	for _, t := range []Term{{
		Name: "weights", Bytes: held*l.weights + output, Formula: fmt.Sprintf("%d layers x %s + %s of output layer", held, MiB(l.weights), MiB(output)),
		Source: "createLayout in llm/server.go, fit of llama-server",
	}, {
		Name: "kv cache", Bytes: held * l.cache, Formula: fmt.Sprintf("%d layers x %s", held, MiB(l.cache)), Source: r.cache().Source,
	}, {
		Name: "compute", Bytes: l.compute.Bytes * int64(devices), Formula: l.compute.Formula + times(devices), Source: l.compute.Source,
	}, r.vision(), {
		Name: "spare", Bytes: l.reserve * int64(devices), Formula: "a layer" + times(devices), Source: "buffer in (*llamaServer).Load, llm/server.go",
	}, {
		Name: "context", Bytes: context * int64(devices), Formula: MiB(context) + times(devices), Source: "MinimumMemory in ml/device.go",
	}} {
		if t.Bytes > 0 {
			t.Model = r.Name
			terms = append(terms, t)
		}
	}
	return terms
}

func times(devices int) string {
	if devices == 1 {
		return ", on one device"
	}
	return fmt.Sprintf(", on each of %d devices", devices)
}
