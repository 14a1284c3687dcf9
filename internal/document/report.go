package document

import "github.com/hearth-dev/hearth/api/problem"

// maxProblems reported in one go. Nobody reads more, and a megabyte of wrong
// values would make a gigabyte of text.
const maxProblems = 1000

// report collects problems.
type report struct{ problems problem.List }

func (r *report) add(at *Node, fix, format string, args ...any) {
	if len(r.problems) < maxProblems {
		p := at.Problem("", format, args...)
		p.Fix = fix
		r.problems = append(r.problems, p)
	}
}
