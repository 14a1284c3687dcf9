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
	for name, want := range map[string]string{
		"llama3.3": "llama3.3:70b", "llama3.3:70b-instruct-q4_K_M": "llama3.3:70b", "gemma2:9b-instruct-q4_0": "gemma2:9b",
		"llama2:7b-chat": "llama2:7b", "bge-m3": "bge-m3:567m", "bge-m3:567m-fp16": "bge-m3:567m", "embeddinggemma:300m-bf16": "embeddinggemma:300m",
		"qwen3:30b-a3b": "qwen3:30b", "deepseek-r1": "deepseek-r1:8b", "gpt-oss": "gpt-oss:20b", "qwen2.5:7b-instruct-q4_K_M": "qwen2.5:7b",
	} {
		if m, ok := sizing.Lookup(name); !ok || m.Name != want {
			t.Errorf("%s: found %q, want %s", name, m.Name, want)
		}
	}
	// Another number format, a base model, and weights that the row says it has not.
	for _, name := range []string{"llama3.3:70b-instruct-q8_0", "llama3.3:70b-text-q4_K_M", "qwen3:4b-q4_K_M", "qwen3:4b-instruct", "llama3.3:7b"} {
		if m, ok := sizing.Lookup(name); ok {
			t.Errorf("%q is taken for %s", name, m.Name)
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
