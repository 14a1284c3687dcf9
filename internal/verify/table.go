package verify

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
)

// Table shows rows to a person while they come in: a row stays as soon as it
// and all before it are decided, so that what is printed is in order.
type Table struct {
	// Out is where rows go.
	Out io.Writer
	// Size is the terminal's width and height, where Out is one: what is still
	// open is then drawn below, and redrawn. Default: Out is no terminal.
	Size func() (width, height int)
	// Progress gets a line for what is waited for, where Out is no terminal.
	// Default: nothing is written.
	Progress io.Writer
	// Paint colours the word for a status. Default: no colours.
	Paint func(s Status, word string) string

	rows    []Row
	printed int // rows that stay
	drawn   int // lines below them
}

// Show is a report function for Run.
func (t *Table) Show(row Row) {
	for i := range t.rows {
		if t.rows[i].Check == row.Check && t.rows[i].Subject == row.Subject {
			waits := t.Progress != nil && t.Size == nil && row.Status == Waiting && row.Detail != t.rows[i].Detail
			t.rows[i] = row
			if waits {
				fmt.Fprintf(t.Progress, "waiting: %s %s: %s\n", row.Check, row.Subject, printable.Text(row.Detail))
			}
			t.draw()
			return
		}
	}
	t.rows = append(t.rows, row) // the columns' widths are known when all have been here once
}

// End prints what is left, and the sum.
func (t *Table) End(r Report) error {
	var out bytes.Buffer
	t.erase(&out)
	for _, row := range t.rows[t.printed:] {
		out.WriteString(t.paint(row, t.text(row)))
	}
	t.printed = len(t.rows)
	sum := fmt.Sprintf("%d passed", r.Count(Passed))
	for _, s := range []Status{Failed, NotChecked, Waiting} {
		if n := r.Count(s); n > 0 {
			sum += fmt.Sprintf(", %d %s", n, s)
		}
	}
	fmt.Fprintf(&out, "%s: %s in %s\n", r.Overlay, sum, time.Duration(r.Seconds*float64(time.Second)).Round(100*time.Millisecond))
	_, err := t.Out.Write(out.Bytes())
	return err
}

// draw prints what is decided, and on a terminal what is not.
func (t *Table) draw() {
	var out bytes.Buffer
	t.erase(&out)
	for t.printed < len(t.rows) && t.rows[t.printed].Status != Waiting {
		out.WriteString(t.paint(t.rows[t.printed], t.text(t.rows[t.printed])))
		t.printed++
	}
	if t.Size != nil {
		width, height := t.Size()
		for _, row := range t.rows[t.printed:] {
			if t.drawn == height-1 { // the cursor cannot go up past the top
				break
			}
			line, _, _ := strings.Cut(t.text(row), "\n")
			short := []rune(line) // one line of the terminal, however narrow that is
			out.WriteString(t.paint(row, string(short[:min(len(short), width-1)])) + "\n")
			t.drawn++
		}
	}
	_, _ = t.Out.Write(out.Bytes()) // End reports what went wrong
}

// erase takes back what was drawn below the rows that stay.
func (t *Table) erase(out *bytes.Buffer) {
	if t.drawn > 0 {
		fmt.Fprintf(out, "\x1b[%dA\x1b[J", t.drawn) // so many lines up; all below away
		t.drawn = 0
	}
}

// text is a row with its hint below: wrapped to the terminal, and without one a
// line each, for grep. The columns are not text/tabwriter's, because a row is
// printed before the others are known in full.
func (t *Table) text(row Row) string {
	width := math.MaxInt
	if t.Size != nil {
		width, _ = t.Size()
	}
	checks, subjects := 0, 0
	for _, r := range t.rows {
		checks, subjects = max(checks, len(r.Check)), max(subjects, len(r.Subject))
	}
	head := fmt.Sprintf("%-*s  %-*s  %-*s  ", len(NotChecked), row.Status, checks, row.Check, subjects, row.Subject)
	text := columns.Hang(width, head, row.Detail)
	if row.Hint != "" {
		text += columns.Hang(width, strings.Repeat(" ", len(NotChecked)+2)+"try: ", row.Hint)
	}
	return text
}

// paint colours the status that a row's text begins with.
func (t *Table) paint(row Row, text string) string {
	if t.Paint == nil {
		return text
	}
	end := min(len(NotChecked), len(text))
	return t.Paint(row.Status, text[:end]) + text[end:]
}
