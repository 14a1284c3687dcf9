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
