package problem

import (
	"strconv"
	"strings"
)

// Severity is whether a Problem stops the work.
type Severity string

const (
	// Error stops the work: nothing is written.
	Error Severity = "error"
	// Warning is worth reading and stops nothing.
	Warning Severity = "warning"
)

// Problem is one thing wrong at one place of a file.
type Problem struct {
	Severity Severity `json:"severity"`
	// File as the person named it; "" if there is none.
	File string `json:"file,omitempty"`
	// Line and Column count from 1, the column in characters; 0 is unknown.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Path of the field as it stands in the file: spec.bases[0].name. Empty for
	// the file as a whole.
	Path string `json:"path,omitempty"`
	// Message names the value seen and what is allowed.
	Message string `json:"message"`
	// Fix is what to do, where that is known.
	Fix string `json:"fix,omitempty"`
	// Change is the Fix as an edit, where it is one that a program can make.
	Change *Change `json:"change,omitempty"`
	// Depends are the paths of other fields without which nothing would be wrong
	// here. For whoever knows where each of them was written.
	Depends []string `json:"-"`
	// Meant are the paths of the fields that a field which there is not was meant
	// for. Whatever is found missing there is not.
	Meant []string `json:"-"`
}

// Change is an edit of the file.
type Change struct {
	// Path of the field to write.
	Path string `json:"path"`
	// Value to write there, as JSON has it; nil takes the field away.
	Value any `json:"value"`
}

// Remove is the Fix of a field that has no place where it stands.
const Remove = "remove it"

// Within reports whether a path is outer, or below it.
func Within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || outer == "" || rest[0] == '.' || rest[0] == '[')
}

// String is the Problem on one line, position first, as compilers write it, so
// that editors and terminals can jump there.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s = join(s, ":", strconv.Itoa(p.Line))
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	if p.Severity == Warning {
		s = join(s, ": ", string(Warning))
	}
	s = join(s, ": ", p.Path)
	s = join(s, ": ", p.Message)
	return join(s, "; ", p.Fix)
}

// join puts sep between a and b if both are there.
func join(a, sep, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}
