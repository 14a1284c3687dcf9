package sizing

import "testing"

// qwen3 has the figures of the config.json of Qwen/Qwen3-32B.
var qwen3 = Model{
	Name: "Qwen/Qwen3-32B", DiskBytes: 65_524_246_528, Layers: 64, KVHeads: 8, KeyLength: 128, ValueLength: 128,
	Embedding: 5120, FeedForward: 25600, Vocab: 151936,
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name  string
		group Group
		holds bool
	}{
		{"one device of 80 GiB", Group{Stages: 1, TensorParallel: 1, ContextLength: 8192, Device: 80 << 30}, true},
		{"one device of 48 GiB", Group{Stages: 1, TensorParallel: 1, ContextLength: 8192, Device: 48 << 30}, false},
		{"two stages of 48 GiB", Group{Stages: 2, TensorParallel: 1, ContextLength: 8192, Device: 48 << 30}, true},
		{"four devices of 24 GiB", Group{Stages: 1, TensorParallel: 4, ContextLength: 8192, Device: 24 << 30}, true},
		{"two stages of two devices of 24 GiB", Group{Stages: 2, TensorParallel: 2, ContextLength: 8192, Device: 24 << 30}, true},
		{"three stages of 24 GiB", Group{Stages: 3, TensorParallel: 1, ContextLength: 8192, Device: 24 << 30}, false},
		{"a context that is too long", Group{Stages: 2, TensorParallel: 1, ContextLength: 1 << 20, Device: 48 << 30}, false},
	} {
		s := Spread(qwen3, c.group)
		if s.Weights+s.Cache+s.Engine != s.Required {
			t.Errorf("%s: %s does not add up", c.name, s.Sum())
		}
		if got := s.Required <= s.Usable; got != c.holds {
			t.Errorf("%s: holds the model: %v, want %v: %s", c.name, got, c.holds, s.Sum())
		}
	}
	// 64 layers × 8 heads × 256 numbers × 2 bytes × 8192 tokens.
	if got, want := Spread(qwen3, Group{Stages: 1, TensorParallel: 1, ContextLength: 8192}).Cache, int64(2<<30); got != want {
		t.Errorf("the cache of one request: %d bytes, want %d", got, want)
	}
}

// lent has the figures of the model that was measured.
var lent = Model{
	Name: "lent", DiskBytes: 1_106_547_808, Layers: 16, KVHeads: 8, KeyLength: 64, ValueLength: 64, Embedding: 2048, FeedForward: 8192, Vocab: 32768,
}

func TestSpreadLlamaCpp(t *testing.T) {
	two := Spread(lent, Group{LlamaCpp: true, Stages: 2, ContextLength: 4096})
	if took := int64(763_460 << 10); two.Required < took || two.Required > took*5/4 {
		t.Errorf("a pod of two needs %s, and took %s", two.Sum(), MiB(took))
	}
	if whole := Spread(lent, Group{LlamaCpp: true, Stages: 1, ContextLength: 4096}); whole.Weights != lent.DiskBytes {
		t.Errorf("one pod holds %s of weights, want the file's %s", MiB(whole.Weights), MiB(lent.DiskBytes))
	}
	sixteen := lent
	sixteen.DiskBytes *= 2
	if got, want := wordTable(sixteen), int64(32768*2048*2); got != want {
		t.Errorf("the table of a file in 16 bits has %d bytes, want %d", got, want)
	}
	if got, want := wordTable(lent), int64(32768*2048*17/16); got != want {
		t.Errorf("the table of a file in Q8_0 has %d bytes, want %d", got, want)
	}
}
