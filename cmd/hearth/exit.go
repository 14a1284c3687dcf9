package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/columns"
)

// The exit codes are part of the interface: CI knows drift from a typo by them.
const (
	exitOK       = 0
	exitProblems = 1
	exitFailure  = 2
)

const exitHelp = `
Exit codes:
  0  done
  1  the stack has problems, the tree is not what it asks for, or a check failed
  2  wrong usage, or something could not be read, written or reached
`

// errProblems ends a verb that did its work, and printed the problems it found.
var errProblems = errors.New("problems were found")

// exitCode prints an error that nobody printed yet, and ranks it.
func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errProblems):
		return exitProblems
	}
	fmt.Fprint(stderr, lines(stderr, "hearth: ", err.Error()))
	return exitFailure
}

// lines is text for a person, wrapped behind its head on a terminal; for a program
// each of its lines stays whole.
func lines(w io.Writer, head, text string) string {
	width := painter(w).width
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(columns.Hang(width, head, strings.TrimSuffix(line, "\n")))
		head = ""
	}
	return b.String()
}

// printProblems ends a verb that cannot go on because of what a person wrote.
func printProblems(stderr io.Writer, problems problem.List) error {
	paint := painter(stderr)
	for _, p := range problems {
		fmt.Fprintln(stderr, paint.problem(p))
	}
	fmt.Fprintf(stderr, "%s; nothing was done\n", count(len(problems.Errors()), "problem"))
	return errProblems
}
