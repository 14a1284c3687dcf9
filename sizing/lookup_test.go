package sizing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/sizing"
)

func TestLookup(t *testing.T) {
	for _, name := range []string{
		"llama3.2:3b", "llama3.2", "llama3.2:latest", "library/llama3.2:3b", "registry.ollama.ai/library/llama3.2",
		"model-registry.models.svc:5000/library/llama3.2:3b", "localhost/library/llama3.2:3b", "Llama3.2:3B",
	} {
		if m, ok := sizing.Lookup(name); !ok || m.Name != "llama3.2:3b" {
			t.Errorf("%s: found %q", name, m.Name)
		}
	}
	// Somebody else's model of the same name has other weights.
	for _, name := range []string{"team/llama3.2:3b", "hf.co/team/llama3.2:3b", "llama3.2:405b", "llama", ""} {
		if m, ok := sizing.Lookup(name); ok {
			t.Errorf("%q is taken for %s", name, m.Name)
		}
	}
}

func TestNearest(t *testing.T) {
	if diff := cmp.Diff("llama3.2:3b", sizing.Nearest("lama3.2:3b")[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := sizing.Nearest("something-else"); len(got) > 0 {
		t.Errorf("nothing is near, got %v", got)
	}
}
