package restore

import (
	"fmt"
	"strings"
)

// Markdown is the way as a numbered list, with the commands and the lines of the
// stack as code.
func (w Way) Markdown() string {
	var b strings.Builder
	indent := strings.Repeat(" ", 4) // the least that Python-Markdown takes for a part of the item
	for i, s := range w.Steps {
		number := fmt.Sprintf("%d. ", i+1)
		b.WriteString(number + s.Text + "\n")
		for _, code := range []struct{ language, text string }{{"sh", s.Command}, {"yaml", s.Stack}} {
			if code.text == "" {
				continue
			}
			b.WriteString("\n" + indent + "```" + code.language + "\n")
			for line := range strings.Lines(code.text + "\n") {
				b.WriteString(indent + line)
			}
			b.WriteString(indent + "```\n\n")
		}
	}
	return strings.ReplaceAll(strings.TrimRight(b.String(), "\n")+"\n", "\n\n\n", "\n\n")
}
