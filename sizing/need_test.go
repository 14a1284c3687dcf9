package sizing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/sizing"
)

func model(t *testing.T, name string) sizing.Model {
	t.Helper()
	m, ok := sizing.Lookup(name)
	if !ok {
		t.Fatalf("the catalogue lacks %s", name)
	}
	return m
}

// The reference system measured 2630 MiB for llama3.2:3b while it answered.
func TestKnownPoint(t *testing.T) {
	const measured = 2630 << 20
	need := sizing.Memory([]sizing.Model{model(t, "llama3.2:3b")}, sizing.Settings{Version: "0.23.2"})
	if above := need.Required - measured; above < 0 || above > max(measured/4, 200<<20) {
		t.Errorf("required is %d MiB, measured were 2630: %s", need.Required>>20, need.Sum())
	}
	want := "1926 MiB weights + 448 MiB kv cache + 69 MiB compute + 224 MiB file cache + 167 MiB runtime + 48 MiB server = 2881 MiB"
	if diff := cmp.Diff(want, need.Sum()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if need.Limit != 3328<<20 {
		t.Errorf("the limit is %d MiB, want 3328", need.Limit>>20)
	}
}

func TestDecimal(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 MB", 274_302_450: "274 MB", 1e9: "1.0 GB", 2_019_393_189: "2.0 GB"} {
		if got := sizing.Decimal(bytes); got != want {
			t.Errorf("%d bytes: got %s, want %s", bytes, got, want)
		}
	}
}

func bytesOf(m sizing.Model, term string, s sizing.Settings) int64 {
	for _, t := range sizing.ModelTerms(m, s) {
		if t.Name == term {
			return t.Bytes
		}
	}
	return 0
}

// A hybrid keeps a state for each request, and from 0.30 on copies of it: more of
// them where the context is longer.
func TestHybrid(t *testing.T) {
	m := model(t, "llama3.2:3b")
	m.StateBytes = 1 << 20
	for _, c := range []struct {
		settings           sizing.Settings
		state, checkpoints int64
	}{
		{sizing.Settings{Version: "0.23.2", NumParallel: 2}, 2, 0},
		{sizing.Settings{Version: "0.34.0", NumParallel: 2}, 2, 2 * 3},
		{sizing.Settings{Version: "0.34.0", ContextLength: 32768}, 1, 6},
		{sizing.Settings{Version: "0.34.0", ContextLength: 32768, Checkpoints: 4}, 1, 4},
		{sizing.Settings{Version: "0.34.0", ContextLength: 32768, Checkpoints: -1}, 1, 0},
		{sizing.Settings{Version: "0.34.0", ContextLength: 32768, CheckpointSpacing: 4096}, 1, 10},
		{sizing.Settings{Version: "0.34.0", ContextLength: 32768, CheckpointSpacing: -1}, 1, 32},
	} {
		if got := bytesOf(m, "state", c.settings) >> 20; got != c.state {
			t.Errorf("%+v: %d MiB of state, want %d", c.settings, got, c.state)
		}
		if got := bytesOf(m, "checkpoints", c.settings) >> 20; got != c.checkpoints {
			t.Errorf("%+v: %d MiB of checkpoints, want %d", c.settings, got, c.checkpoints)
		}
	}
}

// From 0.30 on an image leaves no scores in memory.
func TestImage(t *testing.T) {
	for name, want := range map[string][2]int64{
		"gemma3:4b": {1024, 139}, "qwen2.5vl:3b": {6860, 2229}, "qwen3-vl:8b": {701, 701}, "llama3.2:3b": {0, 0},
	} {
		m := model(t, name)
		got := [2]int64{bytesOf(m, "vision", sizing.Settings{Version: "0.23.2"}) >> 20, bytesOf(m, "vision", sizing.Settings{Version: "0.34.0"}) >> 20}
		if got != want {
			t.Errorf("%s: %d MiB before and after, want %d", name, got, want)
		}
	}
}

// What experts make of a token stands in memory for each of them, and a tensor of
// theirs is read whole before any cache is there.
func TestExperts(t *testing.T) {
	const mib = 1 << 20
	m := model(t, "qwen3:30b")
	s := sizing.Settings{Version: "0.34.0", PromptCache: -1}
	dense := m
	dense.ExpertsUsed = 0
	if with, without := bytesOf(m, "compute", s), bytesOf(dense, "compute", s); with-without != 4*512*((2*6144+17*2048)-(3*6144+4*2048)) {
		t.Errorf("a batch takes %d MiB, %d without experts", with/mib, without/mib)
	}
	large := model(t, "gpt-oss:120b")
	later := bytesOf(large, "kv cache", s) + bytesOf(large, "checkpoints", s) + bytesOf(large, "compute", s)
	if got := bytesOf(large, "loading", s); got <= 0 || got+later != large.ExpertBytes {
		t.Errorf("loading takes %d MiB beside %d, want %d in all", got/mib, later/mib, large.ExpertBytes/mib)
	}
	s.ContextLength = 131072
	if got := bytesOf(large, "loading", s); got != 0 {
		t.Errorf("loading takes %d MiB where the cache is larger", got/mib)
	}
	for _, m := range sizing.Catalogue() {
		if (m.Active > 0) != (m.ExpertsUsed > 0 && m.ExpertBytes > 0) {
			t.Errorf("%s: %d parameters of a token, %d experts, %d bytes of them", m.Name, m.Active, m.ExpertsUsed, m.ExpertBytes)
		}
	}
}
