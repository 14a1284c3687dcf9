package problem

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// List is everything found wrong in one go. It is no error itself, since it may
// hold nothing but warnings: Err is.
type List []Problem

// String is every Problem on a line of its own.
func (l List) String() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Failure is the error that a List with errors in it is.
type Failure struct {
	// Problems that are errors.
	Problems List
}

// Error is every Problem on a line of its own.
func (f *Failure) Error() string { return f.Problems.String() }

// Err is the list's errors, without its warnings; nil if there are none.
func (l List) Err() error {
	if errs := l.Errors(); len(errs) > 0 {
		return &Failure{errs}
	}
	return nil
}

// From is the problems that an error is made of, or the error as one.
func From(err error) List {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Problems
	}
	return List{{Severity: Error, Message: err.Error()}}
}

// Errors are the Problems that stop the work.
func (l List) Errors() List {
	return slices.DeleteFunc(slices.Clone(l), func(p Problem) bool { return p.Severity == Warning })
}

// Warnings are the Problems that stop nothing.
func (l List) Warnings() List {
	return slices.DeleteFunc(slices.Clone(l), func(p Problem) bool { return p.Severity != Warning })
}

// Sorted is the list by file, line, column and path, without repetitions: what
// is wrong in a base comes up again in each overlay that inherits it.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, func(a, b Problem) bool { return compare(a, b) == 0 })
}

func compare(a, b Problem) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Fix, b.Fix),
	)
}
