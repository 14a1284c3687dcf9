// Package printable makes text fit to be shown: what registries, clusters, files
// and libraries say may hold sequences that move a terminal's cursor, colour what
// follows, or turn the direction of writing.
package printable

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is s with everything escaped that is not visible in some script: \x1b for
// the byte that begins a terminal's sequences. Line ends and tabs stay.
func Text(s string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		char := s[:size]
		s = s[size:]
		if invalid := r == utf8.RuneError && size == 1; !invalid && (strconv.IsGraphic(r) || r == '\n' || r == '\t') {
			b.WriteString(char)
			continue
		}
		quoted := strconv.QuoteToGraphic(char)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
