package main

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/sizetext"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// sizeReport is what size prints, for a person or as JSON. Sizes are in bytes.
type sizeReport struct {
	models []sizing.Model
	given  amount

	Settings     settingsReport `json:"settings"`
	Models       []modelReport  `json:"models"`
	Memory       sizing.Need    `json:"memory"`
	LimitMemory  int64          `json:"givenMemory,omitempty"`
	Enough       bool           `json:"enough"`
	WaysOut      []string       `json:"waysOut,omitempty"`
	Warnings     []string       `json:"warnings,omitempty"`
	Threads      int            `json:"threads,omitempty"`
	Volume       sizing.Volume  `json:"volume"`
	Replicas     *replicaReport `json:"replicas,omitempty"` // nil for one pod
	Shape        *shapeReport   `json:"shape,omitempty"`    // nil without --people
	PullDeadline int            `json:"pullDeadlineSeconds"`
	LoadTimeout  int            `json:"loadTimeoutSeconds"`
}

// replicaReport is what several pods take together.
type replicaReport struct {
	Pods    int   `json:"pods"`
	Limit   int64 `json:"limit"`
	Volumes int64 `json:"volumes"`
}

// settingsReport is what the numbers are for.
type settingsReport struct {
	ContextLength   int     `json:"contextLength"`
	NumParallel     int     `json:"numParallel"`
	MaxLoadedModels int     `json:"maxLoadedModels"`
	KVCacheType     string  `json:"kvCacheType"`
	OllamaVersion   string  `json:"ollamaVersion"`
	MemoryBandwidth float64 `json:"memoryBandwidth,omitempty"` // bytes a second

	Accelerators      int   `json:"accelerators,omitempty"`
	AcceleratorMemory int64 `json:"acceleratorMemory,omitempty"` // of each
}

// modelReport is one model, as if it were alone in its pod.
type modelReport struct {
	Name            string          `json:"name"`
	Parameters      int64           `json:"parameters"`
	Quantization    string          `json:"quantization"`
	Disk            int64           `json:"disk"`
	ContextLimit    int             `json:"contextLimit,omitempty"`
	Context         int             `json:"context"`
	Required        int64           `json:"required"`
	Limit           int64           `json:"limit"`
	Device          int64           `json:"device,omitempty"`          // bytes that graphics processors hold
	Layers          string          `json:"-"`                         // on them
	TokensPerSecond float64         `json:"tokensPerSecond,omitempty"` // at most
	Evidence        sizing.Evidence `json:"evidence"`
	Source          string          `json:"source"`
	// Figures for the stack's modelSizes, of a header that was read.
	Figures *v1alpha1.ModelSize `json:"modelSize,omitempty"`
}

func (v *sizeVerb) settingsReport() settingsReport {
	return settingsReport{
		ContextLength: v.settings.ContextLength, NumParallel: v.settings.NumParallel,
		MaxLoadedModels: v.settings.MaxLoadedModels, KVCacheType: v.settings.KVCacheType,
		OllamaVersion: v.settings.Version, MemoryBandwidth: v.bandwidth * 1e9,
		Accelerators: v.settings.Devices.Count, AcceleratorMemory: v.settings.Devices.Memory,
	}
}

// row is one model with a context, alone in its pod.
func (v *sizeVerb) row(m sizing.Model, context int) modelReport {
	s := v.settings
	s.ContextLength = context
	need := sizing.Memory([]sizing.Model{m}, s)
	r := modelReport{
		Name: m.Name, Parameters: m.Parameters, Quantization: m.Quantization, Disk: m.DiskBytes,
		ContextLimit: m.ContextLimit, Context: context, Required: need.Required, Limit: need.Limit,
		Evidence: m.Evidence, Source: m.Source,
	}
	if ownFigures(m) {
		figures := v1alpha1.ModelSizeOf(m)
		r.Figures = &figures
	}
	if need.Device != nil {
		r.Device, r.Layers = need.Device.Bytes, fmt.Sprintf("%d/%d", need.Device.Models[0].Layers, need.Device.Models[0].All)
	}
	if !m.Embedder && v.bandwidth > 0 { // which reads, and writes nothing
		r.TokensPerSecond = sizing.TokensPerSecond(m, v.bandwidth*1e9)
	}
	return r
}

func (v *sizeVerb) report(models []sizing.Model) *sizeReport {
	r := &sizeReport{
		models:       models,
		given:        v.memory,
		Settings:     v.settingsReport(),
		Memory:       sizing.Memory(models, v.settings),
		LimitMemory:  v.memory.bytes(),
		Threads:      sizing.Threads(v.cpu.milli()),
		Volume:       sizing.Storage(models),
		PullDeadline: int(sizing.PullDeadline(models).Seconds()),
		LoadTimeout:  int(sizing.LoadTimeout(models).Seconds()),
	}
	if n := int64(v.replicas); n > 1 {
		r.Replicas = &replicaReport{v.replicas, n * r.Memory.Limit, n * r.Volume.Comfortable}
	}
	if reason, _ := versions.Ollama.Unknown(v.settings.Version); reason != "" {
		r.Warnings = append(r.Warnings, reason)
	}
	for _, m := range models {
		context := v.settings.ContextLength
		if m.ContextLimit > 0 && context > m.ContextLimit {
			context = m.ContextLimit
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s was trained for %d tokens of context, which is what it gets", m.Name, context))
		}
		r.Models = append(r.Models, v.row(m, context))
	}
	for _, m := range r.Memory.Spilled() {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s hold %s of %s: the other %s stay with the processor, which computes them many times slower",
			sizetext.Devices(v.settings.Devices), sizetext.Layers(m), m.Model, sizing.MiB(m.Spilled)))
	}
	if d := r.Memory.Device; d != nil && len(d.Apart) > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s have no room for %s beside the rest: Ollama throws one model out for the other",
			sizetext.Devices(v.settings.Devices), strings.Join(d.Apart, " and ")))
	}
	r.Enough = v.memory == 0 || r.Memory.Required <= r.LimitMemory
	switch {
	case !r.Enough:
		r.WaysOut = v.waysOut(models, r)
	case v.memory > 0 && r.Memory.Limit > r.LimitMemory:
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s is tight: %s are required; %s leaves %s above that",
			v.memory.String(), sizing.MiB(r.Memory.Required), sizetext.Quantity(r.Memory.Limit), sizing.MiB(r.Memory.Limit-r.Memory.Required)))
	}
	return r
}

// waysOut are the two things that a person can do about too little memory: give
// more, or the least that makes do with what there is.
func (v *sizeVerb) waysOut(models []sizing.Model, r *sizeReport) []string {
	ways := []string{"give it " + sizetext.Quantity(r.Memory.Limit)}
	for _, s := range smaller(v.settings, len(models)) {
		if need := sizing.Memory(models, s); need.Required <= r.LimitMemory {
			return append(ways, fmt.Sprintf("run it with %s: %s required", changed(v.settings, s), sizing.MiB(need.Required)))
		}
	}
	return append(ways, "take smaller models; hearth size --fits "+v.memory.String()+" lists them")
}

// smaller are settings that need less memory, those that a person notices least
// first.
func smaller(s sizing.Settings, models int) (all []sizing.Settings) {
	least := s
	try := func(change func(s *sizing.Settings)) {
		one := s
		change(&one)
		change(&least)
		all = append(all, one)
	}
	if min(s.MaxLoadedModels, models) > 1 {
		try(func(s *sizing.Settings) { s.MaxLoadedModels = 1 })
	}
	if s.NumParallel > 1 {
		try(func(s *sizing.Settings) { s.NumParallel = 1 })
	}
	if s.KVCacheType == "f16" {
		try(func(s *sizing.Settings) { s.KVCacheType = "q8_0" })
	}
	for _, from := range []sizing.Settings{s, least} {
		for ; from.ContextLength >= 2048; from.ContextLength /= 2 {
			all = append(all, from)
		}
	}
	return all
}

// changed spells how the settings differ, as flags.
func changed(from, to sizing.Settings) string {
	var flags []string
	flag := func(differs bool, name string, value any) {
		if differs {
			flags = append(flags, fmt.Sprintf("--%s %v", name, value))
		}
	}
	flag(from.MaxLoadedModels != to.MaxLoadedModels, "max-loaded", to.MaxLoadedModels)
	flag(from.NumParallel != to.NumParallel, "parallel", to.NumParallel)
	flag(from.KVCacheType != to.KVCacheType, "kv-cache-type", to.KVCacheType)
	flag(from.ContextLength != to.ContextLength, "context-length", to.ContextLength)
	return strings.Join(flags, " ")
}
