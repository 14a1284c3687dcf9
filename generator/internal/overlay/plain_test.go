package overlay

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// The quick way and the library's agree on every string.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"ollama", "docker.io/ollama/ollama:0.23.2", "10Gi", "0.23.2", "kubernetes.io/metadata.name", "a:", "a: b", "a #b",
		"y", "Yes", "off", "NULL", "~", "012", "0x1f", "0o17", "1e3", "1_000", "1:30", "1:30:00.5", "2001-01-01", "2001-01-01T00:00:00Z",
		".inf", ".nan", "-1", "+1", "<<", "=", "", " a", "a\n", "é", "1.", "0b1", "e5", "infinity", "12e03", "0.", "1-2-3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !plain(s) {
			return
		}
		var want yaml.Node
		if err := want.Encode(s); err != nil {
			t.Fatal(err)
		}
		if want.Style != 0 || want.Tag != "!!str" || want.Value != s {
			t.Errorf("%q passes for plain; the library makes %+v of it", s, want)
		}
	})
}
