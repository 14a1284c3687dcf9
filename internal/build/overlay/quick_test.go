package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// The quick way and the library's agree on every string.
func FuzzQuick(f *testing.F) {
	for _, s := range []string{
		"ollama", "docker.io/ollama/ollama:0.23.2", "10Gi", "0.23.2", "kubernetes.io/metadata.name", "a:", "a: b", "a #b",
		"y", "Yes", "off", "NULL", "~", "012", "0x1f", "0o17", "1e3", "1_000", "1:30", "1:30:00.5", "2001-01-01", "2001-01-01T00:00:00Z",
		".inf", ".nan", "-1", "+1", "<<", "=", "", " a", "a\n", "é", "1.", "0b1", "e5", "true", "false", "False", "512Mi", "100m", "-c", "-2000", "True", "0.0.0.0:11434", "::/0", "our chat", "a: b c", "a- b", "- a", "--- a", "---0", "... a", "...", "---", "-", "--", ".", ":", ":a", "2001-01-01 10:00:00", "a  b", "-:1", ".5", "-.inf", "-a:", "y n", "infinity", "12e03", "0.", "1-2-3", "/tmp", "4096", "08", "a=b,c", "/", "1_0", "9999999999999999999999",
		"a\nb", "a\n", "a\n\n", "a\n b", "a \nb", "a\n#b", "#a\nb", "a\n\nb\n", "- a\nb", "a\n---\nb", "\"a\nb", "a: b\nc", "a\tb\nc", "a\n ", "null\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got yaml.Node
		if !quick(&got, s) {
			return
		}
		var want yaml.Node
		if err := want.Encode(s); err != nil {
			t.Fatal(err)
		}
		want.Line, want.Column = 0, 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", s, diff)
		}
	})
}
