package golden

import (
	"iter"
	"strings"
	"testing"
)

// Stacks are the YAML files of an archive, by name. One that begins with a space
// goes on where the file head ends.
func Stacks(t testing.TB, file string) iter.Seq2[string, string] {
	t.Helper()
	archive := read(t, file)
	return func(yield func(name, text string) bool) {
		head := ""
		for _, f := range archive.Files {
			if f.Name == "head" {
				head = string(f.Data)
			}
			text := string(f.Data)
			if strings.HasPrefix(text, " ") {
				text = head + text
			}
			if strings.HasSuffix(f.Name, ".yaml") && !yield(f.Name, text) {
				return
			}
		}
	}
}
