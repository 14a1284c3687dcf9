package sizing_test

import (
	"testing"

	"github.com/hearth-dev/hearth/sizing"
)

func TestOff(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ required, peak, below, above int64 }{
		{1000, 1000, 0, 0},
		{999, 1000, 1, 0},
		{250, 100, 0, 0},
		{251, 100, 0, 151},
		{2400, 2000, 0, 0},
		{2401, 2000, 0, 401},
	} {
		below, above := sizing.Need{Required: c.required * mib}.Off(c.peak * mib)
		if below != c.below*mib || above != c.above*mib {
			t.Errorf("%d MiB against %d: %d below and %d above, want %d and %d", c.required, c.peak, below/mib, above/mib, c.below, c.above)
		}
	}
}

func TestFilling(t *testing.T) {
	model, _ := sizing.Lookup("llama3.2:3b")
	for version, want := range map[string]int64{"0.23.2": 0, "0.34.0": 256 << 20} {
		need := sizing.Memory([]sizing.Model{model}, sizing.Settings{Version: version, PromptCache: 256 << 20})
		if got := need.Filling(); got != want {
			t.Errorf("%s: %d bytes, want %d", version, got, want)
		}
	}
}
