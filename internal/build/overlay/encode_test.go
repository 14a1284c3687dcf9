package overlay_test

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// FuzzManifest writes a string and reads it again, as kustomize does and as
// kubectl does, whose parser knows YAML 1.1: it stays a string and the same.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{
		"ollama", "docker.io/ollama/ollama:0.23.2", "10Gi", "0.23.2", "kubernetes.io/metadata.name", "a:", "a: b", "a #b",
		"y", "Yes", "off", "NULL", "~", "012", "0x1f", "0o17", "1e3", "1_000", "1:30", "1:30:00.5", "2001-01-01", "2001-01-01T00:00:00Z",
		".inf", ".nan", "-1", "+1", "<<", "=", "", " a", "a\n", "é", "1.", "0b1", "true", "False", "512Mi", "-c", "::/0", "- a", "--- a",
		"...", "---", "-", ":", "[a", "{}", "*a", "&a", "!a", "%a", "@a", "`a", "'a", `"a`, "a'b", `a"b`, "|", ">", "a\tb", "\ta",
		"a\nb", "a\n\n", "a\n b", "a \nb", "#a\nb", "a\n---\nb", "\"a\nb", "a: b\nc", "a\n ", "null\n", "\nlead", " a\nb", "\ta\nb", "a\r\nb\r\n",
		"\u0085", "\u2028", "\ufeff", "\x00", "\x7f", "🔥",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // JSON has none
		}
		want := overlay.Object{"value": s, "list": []any{s, map[string]any{"last": s}}}
		data, err := overlay.Manifest(want)
		if err != nil {
			t.Fatal(err)
		}
		for reader, unmarshal := range map[string]func([]byte, any) error{
			"kustomize": kyaml.Unmarshal,
			"kubectl":   func(data []byte, into any) error { return yaml.Unmarshal(data, into) },
		} {
			var got overlay.Object
			if err := unmarshal(data, &got); err != nil {
				t.Errorf("%s cannot read %q: %v\n%s", reader, s, err, data)
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s reads %q as something else (-want +got):\n%s\n%s", reader, s, diff, data)
			}
		}
	})
}
