package sizing_test

import (
	"testing"

	"github.com/hearth-dev/hearth/sizing"
)

func TestFits(t *testing.T) {
	for name, c := range map[string]struct {
		model   string
		memory  int64
		context int
		ok      bool
	}{
		"not at all":         {"llama3.2:3b", 3 << 30, 0, false},
		"at the default":     {"llama3.2:3b", 3328 << 20, 4096, true},
		"at twice that":      {"llama3.2:3b", 4 << 30, 8192, true},
		"at its own limit":   {"llama3.2:3b", 1 << 40, 131072, true},
		"a limit below 4096": {"all-minilm:22m", 1 << 30, 512, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := model(t, c.model)
			context, ok := sizing.Fits(m, sizing.Settings{Version: "0.23.2"}, c.memory)
			if context != c.context || ok != c.ok {
				t.Errorf("got %d %v, want %d %v", context, ok, c.context, c.ok)
			}
		})
	}
	// Without a known limit there is still an end.
	m := model(t, "llama3.2:3b")
	m.ContextLimit = 0
	if context, ok := sizing.Fits(m, sizing.Settings{}, 1<<60); context != 1<<20 || !ok {
		t.Errorf("got %d %v", context, ok)
	}
}
