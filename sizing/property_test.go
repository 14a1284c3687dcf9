package sizing_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/sizing"
)

// More context, more requests at once, more models and a finer cache never need
// less.
func TestMemoryIsMonotone(t *testing.T) {
	models := sizing.Catalogue()
	for _, version := range []string{"0.23.2", "0.30.1"} {
		for i, m := range models {
			need := func(context, parallel int, kind string) int64 {
				return sizing.Memory([]sizing.Model{m}, sizing.Settings{
					ContextLength: context, NumParallel: parallel, KVCacheType: kind, Version: version,
				}).Required
			}
			for _, pair := range [][2]int64{
				{need(4096, 1, ""), need(8192, 1, "")}, {need(4096, 1, ""), need(4096, 2, "")},
				{need(4096, 1, "q4_0"), need(4096, 1, "q8_0")}, {need(4096, 1, "q8_0"), need(4096, 1, "f16")},
				{m.DiskBytes, need(256, 1, "q4_0")},
			} {
				if pair[0] > pair[1] {
					t.Errorf("%s with Ollama %s: %d is more than %d", m.Name, version, pair[0], pair[1])
				}
			}
			one := sizing.Memory(models[i:i+1], sizing.Settings{Version: version, MaxLoadedModels: 2})
			two := sizing.Memory(models[:i+1], sizing.Settings{Version: version, MaxLoadedModels: 2})
			if two.Required < one.Required || len(two.Models) > 2 {
				t.Errorf("%s among others needs %d, alone %d, with %v loaded", m.Name, two.Required, one.Required, two.Models)
			}
		}
	}
}

// phi3:mini has as many heads of keys as of queries: its cache is larger than
// its weights sooner than that of any other model of its size.
func TestCacheOfPhi3(t *testing.T) {
	phi, llama := model(t, "phi3:mini"), model(t, "llama3.2:3b")
	cache := func(m sizing.Model) (bytes int64) {
		for _, term := range sizing.ModelTerms(m, sizing.Settings{ContextLength: 8192, Version: "0.23.2"}) {
			if term.Name == "kv cache" {
				bytes = term.Bytes
			}
		}
		return bytes
	}
	if got, want := cache(phi), int64(384<<10)*8192; got != want || got <= phi.DiskBytes {
		t.Errorf("the cache is %d bytes, want %d, which is more than the %d of the weights", got, want, phi.DiskBytes)
	}
	if cache(llama) >= llama.DiskBytes {
		t.Error("so is that of llama3.2:3b")
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	models := sizing.Catalogue()
	if len(models) < 20 {
		t.Errorf("%d models, want 20 and more", len(models))
	}
	names := map[string]string{}
	for _, m := range models {
		family, _, _ := strings.Cut(m.Name, ":")
		for _, name := range append([]string{m.Name}, m.Tags...) {
			if !strings.Contains(name, ":") {
				name = family + ":" + name
			}
			if other := names[name]; other != "" {
				t.Errorf("%s is %s and %s", name, other, m.Name)
			}
			names[name] = m.Name
			if found, ok := sizing.Lookup(name); !ok || found.Name != m.Name {
				t.Errorf("%s: Lookup finds %q", name, found.Name)
			}
		}
		if m.DiskBytes == 0 || min(m.Layers, m.KVHeads, m.KeyLength, m.ValueLength, m.Heads, m.Embedding, m.FeedForward, m.Vocab, m.ContextLimit) == 0 {
			t.Errorf("%s lacks a figure: %+v", m.Name, m)
		}
		if m.Evidence == "" || !strings.HasPrefix(m.Source, "https://") {
			t.Errorf("%s has no source", m.Name)
		}
	}
}
