package main

import (
	"fmt"

	"github.com/hearth-dev/hearth/sizing"
)

const (
	// slackPart and slackBytes are how far required may lie above the measured peak: the larger of a fifth and 150 MiB.
	slackPart  = 5
	slackBytes = 150 << 20
)

// need is what sizing says of a load, from the figures in the headers of the measured files.
func (d Data) need(l Load) (sizing.Need, error) {
	var models []sizing.Model
	for _, name := range l.Models {
		i := d.place(name)
		if i < 0 {
			return sizing.Need{}, fmt.Errorf("model %s was not measured", name)
		}
		models = append(models, d.Models[i].Figures)
	}
	s := sizing.Settings{
		ContextLength: l.Context, NumParallel: l.Parallel, MaxLoadedModels: len(models), KVCacheType: l.KVCacheType, Version: d.Machine.Ollama,
		PromptCache: int64(l.PromptCacheMiB) << 20,
	}
	if s.PromptCache == 0 {
		s.PromptCache = -1 // none
	}
	return sizing.Memory(models, s), nil
}

// off says how required misses the goal for a measured peak; empty if it holds.
func off(required, peak int64) string {
	above := required - peak
	switch allowed := max(peak/slackPart, slackBytes); {
	case above < 0:
		return fmt.Sprintf("%d MiB below the measured peak", -above>>20)
	case above > allowed:
		return fmt.Sprintf("%d MiB above the measured peak, %d are allowed", above>>20, allowed>>20)
	}
	return ""
}

// peak is what required is held against: the working set, which is never smaller than anonymous memory.
func (r MemoryRow) peak() int64 { return max(r.Peak.Anonymous, r.Peak.WorkingSet) }
