package v1alpha1

import (
	"fmt"
	"time"

	"github.com/hearth-dev/hearth/sizing"
)

// Sizes are the figures of the models that the base's Ollama holds, in their
// order, and the names of those that nothing is known of. What the stack says of
// a model goes before the catalogue.
func (b *Base) Sizes() (known []sizing.Model, unknown []string) {
	for _, name := range b.PullModels() {
		if m, ok := b.Ollama.size(name); ok {
			known = append(known, m)
		} else {
			unknown = append(unknown, name)
		}
	}
	return known, unknown
}

func (o *Ollama) size(name string) (sizing.Model, bool) {
	for key, size := range o.ModelSizes {
		if key == name || sameModelAsOneOf(name, []string{key}) {
			return size.model(name), true
		}
	}
	return sizing.Lookup(name)
}

// Need is the memory of the base's Ollama, as far as its models are known.
func (b *Base) Need() sizing.Need {
	known, _ := b.Sizes()
	return sizing.Memory(known, b.Ollama.settings())
}

func (o *Ollama) settings() sizing.Settings {
	cache := o.PromptCache.Parsed()
	s := sizing.Settings{
		ContextLength: o.ContextLength, NumParallel: o.NumParallel, MaxLoadedModels: o.MaxLoadedModels,
		KVCacheType: string(o.KVCacheType), Version: o.Image.Tag, PromptCache: cache.Value(),
	}
	if o.PromptCache == None {
		s.PromptCache = -1
	}
	return s
}

// unsized are the defaults where a model is not known: those of the reference
// system, room for a 7B model on a volume for two.
var unsized = struct {
	memory, volume Quantity
	deadline       time.Duration
}{"8Gi", "10Gi", 2 * time.Hour}

// applySizes fills in what follows from the models.
func (b *Base) applySizes() {
	o := b.Ollama
	for name, size := range o.ModelSizes {
		o.ModelSizes[name] = size.applyDefaults()
	}
	known, unknown := b.Sizes()
	limits, requests := &o.Resources.Limits, &o.Resources.Requests
	if len(unknown) > 0 {
		fill(&limits.Memory, unsized.memory)
		fill(&o.LoadTimeout, "5m")
	}
	need := b.Need()
	fill(&limits.Memory, mebibytes(need.Limit))
	if requests.Memory == "" {
		// What it needs, so that the node keeps it free; never above the limit.
		requests.Memory = mebibytes(min(sizing.Request(need.Required), bytesOf(limits.Memory)))
		if len(unknown) > 0 {
			requests.Memory = mebibytes(min(2<<30, bytesOf(limits.Memory)))
		}
	}
	fill(&o.LoadTimeout, Duration(fmt.Sprintf("%dm", int(sizing.LoadTimeout(known).Minutes()))))
	if o.Storage.ExistingClaim == "" {
		if len(unknown) > 0 {
			fill(&o.Storage.Size, unsized.volume)
		}
		fill(&o.Storage.Size, Quantity(fmt.Sprintf("%dGi", sizing.Storage(known).Comfortable>>30)))
	}
}

func bytesOf(q Quantity) int64 { v := q.Parsed(); return v.Value() }

func mebibytes(bytes int64) Quantity { return Quantity(fmt.Sprintf("%dMi", bytes>>20)) }

// PullDeadline is how long the pod may take until it runs: its init container
// pulls the models first.
func (b *Base) PullDeadline() time.Duration {
	known, unknown := b.Sizes()
	if len(unknown) > 0 {
		return unsized.deadline
	}
	return sizing.PullDeadline(known)
}
