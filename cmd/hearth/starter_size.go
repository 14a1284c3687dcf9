package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// amounts are the memory limit and the volume of a first stack's Ollama, and what
// to say about them.
type amounts struct{ memory, volume, why string }

// amounts follow from the models. Where the catalogue does not have one of them
// nothing can follow, and hearth wants a number: it gets room for a 7B model for
// each unknown one on the volume, and for one in memory.
func (s starter) amounts() amounts {
	models := slices.Clone(s.models)
	settings := sizing.Settings{Version: versions.Ollama.Measured}
	if s.chat {
		models, settings.MaxLoadedModels = append(models, v1alpha1.EmbeddingModel), 2
	}
	var known []sizing.Model
	for _, name := range models {
		if m, ok := sizing.Lookup(name); ok {
			known = append(known, m)
		}
	}
	unknown := int64(len(models) - len(known))
	if unknown == 0 {
		return amounts{string(v1alpha1.Auto), string(v1alpha1.Auto),
			fmt.Sprintf("auto is what the models need; a model or a longer context changes it. The sum:\n`hearth size --ollama-version %s --max-loaded %d %s`.",
				settings.Version, max(1, settings.MaxLoadedModels), strings.Join(models, " "))}
	}
	return amounts{
		memory: fmt.Sprintf("%dGi", (max(8<<30, sizing.Memory(known, settings).Limit)+1<<30-1)>>30),
		volume: fmt.Sprintf("%dGi", (unknown*10<<30+sizing.Storage(known).Comfortable)>>30),
		why:    "hearth does not know the size of every model here, so that these numbers are a\nguess: write its figures into modelSizes and auto here; they are printed by\n`hearth size --from-registry NAME`, or `hearth size FILE.gguf`.",
	}
}
