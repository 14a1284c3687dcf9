package main

import (
	"bytes"
	"io"
	"math"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/disk"
	"github.com/hearth-dev/hearth/internal/printable"
)

// paint colours text, or leaves it as it is, for lines of a width.
type paint struct {
	on    bool
	width int // of the terminal; for a program a line is as long as it is
}

// painter colours what goes to a terminal, unless NO_COLOR is set
// (https://no-color.org) or the terminal says that it knows none.
func painter(w io.Writer) paint {
	f, ok := w.(*os.File)
	p := paint{ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", math.MaxInt}
	if size := terminal(w); size != nil {
		p.width, _ = size()
	}
	return p
}

// The colours that every terminal has.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (p paint) in(colour, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

func (p paint) op(op disk.Op, text string) string {
	switch op {
	case disk.Create:
		return p.in(green, text)
	case disk.Remove:
		return p.in(red, text)
	default:
		return p.in(yellow, text)
	}
}

// problem colours the position, which is what an eye looks for, and wraps the rest
// below it.
func (p paint) problem(one problem.Problem) string {
	const below = 2
	text := strings.TrimSuffix(columns.Hang(p.width-below, "", one.String()), "\n")
	text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", below))
	if one.File == "" || !strings.HasPrefix(text, printable.Text(one.File)) {
		return text
	}
	colour := red
	if one.Severity == problem.Warning {
		colour = yellow
	}
	position, rest, _ := strings.Cut(text, ": ")
	return p.in(colour, position) + ": " + rest
}

// diff colours a unified diff as git does.
func (p paint) diff(text []byte) []byte {
	if !p.on {
		return text
	}
	var out bytes.Buffer
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "@@"):
			line = p.in(cyan, line)
		case strings.HasPrefix(line, "+"):
			line = p.in(green, line)
		case strings.HasPrefix(line, "-"):
			line = p.in(red, line)
		}
		out.WriteString(line + "\n")
	}
	return out.Bytes()
}
