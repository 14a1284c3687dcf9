// Package columns lays text out for a terminal of 80 columns: words are wrapped,
// cells stand below each other. A word that is longer than a line, such as an
// address, stays whole. What a terminal would obey is escaped.
package columns

import (
	"fmt"
	"go/doc/comment"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/internal/printable"
)

const (
	// Width of a line, where nothing is known of the terminal.
	Width = 80
	gap   = 2
	// least is what is left for words however wide the columns before them are.
	least = 30
)

// Table puts a line for each row, and wraps its last cell below itself.
func Table(rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	shown := make([][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			shown[i] = append(shown[i], printable.Text(cell))
		}
	}
	rows = shown
	room := Width
	for i := range len(rows[0]) - 1 {
		widest := 0
		for _, row := range rows {
			widest = max(widest, utf8.RuneCountInString(row[i]))
		}
		room -= widest + gap
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, gap, ' ', 0)
	for _, row := range rows {
		last := len(row) - 1
		lines := wrap(row[last], room)
		fmt.Fprintf(w, "%s\t%s\n", strings.Join(row[:last], "\t"), lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(w, "%s%s\n", strings.Repeat("\t", last), line)
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// Hang puts text behind a head, and wraps it there below itself.
func Hang(width int, head, text string) string {
	head, text = printable.Text(head), printable.Text(text)
	indent := utf8.RuneCountInString(head)
	hung := head + strings.Join(wrap(text, width-indent), "\n"+strings.Repeat(" ", indent))
	return strings.TrimRight(hung, " ") + "\n"
}

// wrap breaks text between words, unless it fits as it is; one line at least.
func wrap(text string, room int) []string {
	if utf8.RuneCountInString(text) <= room {
		return []string{text}
	}
	printer := comment.Printer{TextWidth: max(room, least)}
	paragraph := &comment.Paragraph{Text: []comment.Text{comment.Plain(text)}}
	return strings.Split(strings.TrimSuffix(string(printer.Text(&comment.Doc{Content: []comment.Block{paragraph}})), "\n"), "\n")
}
