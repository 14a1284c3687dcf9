// Package markdown writes texts of anybody into Markdown so that they stay text,
// as GitHub, Backstage TechDocs and MkDocs read it: CommonMark, and Python's with
// its extensions.
package markdown

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hearth-dev/hearth/internal/printable"
)

// markup are the characters that may mean something, within a line or with an
// extension. Python-Markdown knows fewer escapes by a backslash than CommonMark,
// so that they stand as numbers.
const markup = "\\`*_[]<>&#|~${}!^@"

// Text is s within a line: in a paragraph, a heading, or a cell of a table.
func Text(s string) string {
	var b strings.Builder
	runes := []rune(line(s))
	digits := true // whatever stands before it
	for i, r := range runes {
		if strings.ContainsRune(markup, r) && !within(runes, i) || r == '.' && digits || r == ')' && digits || joins(runes, i) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
		digits = digits && r >= '0' && r <= '9'
	}
	return b.String()
}

// within reports whether the i-th is an underscore in a word, where it is none of
// emphasis.
func within(runes []rune, i int) bool {
	word := func(j int) bool {
		return j >= 0 && j < len(runes) && (unicode.IsLetter(runes[j]) || unicode.IsDigit(runes[j]))
	}
	return runes[i] == '_' && word(i-1) && word(i+1)
}

// joins reports whether the i-th means something by what stands beside it.
func joins(runes []rune, i int) bool {
	var before, after rune
	if i > 0 {
		before = runes[i-1]
	}
	if i+1 < len(runes) {
		after = runes[i+1]
	}
	switch runes[i] {
	case '-': // of a list, an arrow, or a file to include
		return before == 0 || before == '-'
	case '+': // of a list, or plus or minus
		return before == 0 || after == '/'
	case '=': // not equal, or a mark
		return after == '/' || before == '='
	case '/': // a fraction, or care of
		return before >= '0' && before <= '9' || before == 'c' || before == 'C'
	case ':': // the name of an emoji, or a URL that nobody meant to link
		return after != 0 && after != ' '
	case '.':
		return i > 2 && strings.EqualFold(string(runes[i-3:i]), "www")
	case '(': // (c) and (tm) are signs for some
		return strings.ContainsRune(string(runes[i:min(len(runes), i+4)]), ')')
	}
	return false
}

// line is s without what breaks a line or is not visible.
func line(s string) string {
	return strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(strings.TrimSpace(printable.Text(s)))
}

// plain are the characters, besides letters and digits, that mean nothing within
// a span of code in a cell, whoever reads it.
const plain = " -_./:,;=+@*()[]<>&%~?'\"^"

// Code is s as code. A text with what would end the span, or the cell, stands as
// text.
func Code(s string) string {
	text := line(s)
	for _, r := range text {
		if !strings.ContainsRune(plain, r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			return Text(s)
		}
	}
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// Link leads to a URL.
func Link(text, url string) string {
	escaped := strings.NewReplacer("(", "%28", ")", "%29", "|", "%7C", "<", "%3C", ">", "%3E", `"`, "%22", "`", "%60",
		`\`, "%5C", "{", "%7B", "}", "%7D", "[", "%5B", "]", "%5D", "*", "%2A", "_", "%5F", "^", "%5E", "~", "%7E", "$", "%24", "&", "&amp;", "'", "%27").Replace(line(url))
	return "[" + Text(text) + "](" + escaped + ")"
}

// Table has a head and rows of as many cells, each Markdown in one line.
func Table(head []string, rows [][]string) string {
	var b strings.Builder
	write := func(cells []string) {
		b.WriteString("|")
		for i := range head {
			cell := ""
			if i < len(cells) {
				cell = cells[i]
			}
			b.WriteString(" " + strings.ReplaceAll(cell, "\n", " ") + " |")
		}
		b.WriteString("\n")
	}
	write(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		write(row)
	}
	return b.String()
}

// Mermaid is s in a label of a diagram that stands in quotation marks.
func Mermaid(s string) string {
	var b strings.Builder
	for _, r := range line(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_./:,()", r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
