package document

import (
	"fmt"
	"reflect"

	"github.com/hearth-dev/hearth/api/problem"
)

// maxProblems reported in one go. Nobody reads more, and a megabyte of wrong
// values would make a gigabyte of text.
const maxProblems = 1000

// report collects problems.
type report struct {
	problems problem.List
	more     int // that are too many
}

// all are the problems by position, with how many there are more at the last.
func (r *report) all() problem.List {
	out := r.problems.Sorted()
	if r.more > 0 {
		last := out[len(out)-1]
		last.Message, last.Fix = fmt.Sprintf("and %d more", r.more), "see to these first"
		out = append(out, last)
	}
	return out
}

func (r *report) add(at *Node, fix, format string, args ...any) {
	if len(r.problems) == maxProblems {
		r.more++
		return
	}
	p := at.Problem("", format, args...)
	p.Fix = fix
	r.problems = append(r.problems, p)
}

// offer is add with a fix that writes a value in place of at. It is left out if
// that value would be refused in its turn: into is a pointer to an empty value of
// the field's type.
func (d *decoder) offer(at *Node, into, value any, fix, format string, args ...any) {
	if d.trial || fix == "" {
		d.add(at, fix, format, args...)
		return
	}
	put, bad := valueNode(value)
	trial := &decoder{wishes: d.wishes, patch: d.patch, trial: true}
	if !bad {
		trial.value(put, reflect.ValueOf(into).Elem())
	}
	if bad || trial.problems != nil {
		d.add(at, "", format, args...)
		return
	}
	d.add(at, fix, format, args...)
	if d.more == 0 {
		d.problems[len(d.problems)-1].Change = &problem.Change{Path: at.Path(""), Value: value}
	}
}
