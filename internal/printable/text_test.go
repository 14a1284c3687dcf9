package printable_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/printable"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"a plain line":               "a plain line",
		"two\n\tlines":               "two\n\tlines",
		`a \x1b that was written so`: `a \x1b that was written so`,
		"\x1b[2J\x1b[31mred\x07":     `\x1b[2J\x1b[31mred\a`,
		"over\rwritten, erased\b":    `over\rwritten, erased\b`,
		"\u009b31m":                  `\u009b31m`, // the same sequence in eight bits
		"\x9b31m \xff":               `\x9b31m \xff`,
		"\u202etxt.exe":              `\u202etxt.exe`,
		"Größe, 模型, модель, نموذج, \u00a0": "Größe, 模型, модель, نموذج, \u00a0",
		"\U0001f525 \x7f": "\U0001f525 \\x7f",
	} {
		if got := printable.Text(in); got != want {
			t.Errorf("of %q: got %q, want %q", in, got, want)
		}
	}
}
