package main

import (
	"fmt"

	"github.com/hearth-dev/hearth/sizing"
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

// off says how required misses the goal for a measured peak, of a server whose highest is that; empty if it holds.
func off(required, peak, highest int64) string {
	above := required - highest
	switch allowed := sizing.Slack(highest); {
	case required < peak:
		return fmt.Sprintf("%d MiB below the measured peak", (peak-required)>>20)
	case above > allowed:
		return fmt.Sprintf("%d MiB above the measured peak, %d are allowed", above>>20, allowed>>20)
	}
	return ""
}

// highest is the peak of the load that took most of those that were measured of a server with the same settings. What is
// required depends on those alone; what is used, on what people ask.
func (d Data) highest(l Load) int64 {
	var highest int64
	for _, row := range d.Memory {
		if row.server() == l.server() {
			highest = max(highest, row.peak())
		}
	}
	return highest
}

// server is what of a load is settings, not questions. Threads take no memory that counts.
func (l Load) server() string {
	l.Prompt, l.Turns, l.Image, l.Threads = 0, 0, 0, 0
	return l.String()
}

// peak is what required is held against: the working set, which is never smaller than anonymous memory.
func (r MemoryRow) peak() int64 { return max(r.Peak.Anonymous, r.Peak.WorkingSet) }
