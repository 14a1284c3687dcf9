package v1alpha1

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// checker collects what is wrong with a decoded, defaulted value. It only
// reads. Paths count from node.
type checker struct {
	node     *document.Node
	unread   problem.List // values that could not be decoded
	problems problem.List
}

func (c *checker) errorf(path, fix, format string, args ...any) {
	c.add(problem.Error, path, fix, format, args...)
}

func (c *checker) warnf(path, fix, format string, args ...any) {
	c.add(problem.Warning, path, fix, format, args...)
}

func (c *checker) add(severity problem.Severity, path, fix, format string, args ...any) {
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			args[i] = clip(v.String())
		}
	}
	p := c.node.Problem(path, format, args...)
	p.Severity, p.Fix = severity, clip(fix)
	if !c.within(p.Path) {
		c.problems = append(c.problems, p)
	}
}

// clip shortens a value that would flood a terminal.
func clip(s string) string {
	const most = 200
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

// read tells whether the value at path, with all that is in it, is what stands
// in the file. Where it could not be decoded a default has taken its place, and
// one typing mistake would make a list of problems.
func (c *checker) read(path string) bool {
	return len(c.unread) == 0 || !c.within(c.node.Path(path))
}

// within tells whether a value that could not be decoded is at path, around it
// or in it.
func (c *checker) within(path string) bool {
	return slices.ContainsFunc(c.unread, func(p problem.Problem) bool {
		return inside(p.Path, path) || inside(path, p.Path)
	})
}

// inside tells whether path is outer, or below it.
func inside(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || outer == "" || rest[0] == '.' || rest[0] == '[')
}

// at is what stands in the file for the field at path; nil if nothing does.
func (c *checker) at(path string) *document.Node {
	n := c.node
	for field := range strings.SplitSeq(path, ".") {
		n = n.Field(field)
	}
	return n
}

// written tells whether the field at path stands in the file, or was filled in.
func (c *checker) written(path string) bool { return c.at(path) != nil }

// noEffect refuses fields of the mapping at path that another one of them, the
// decider, leaves without effect. Where an overlay wrote the decider and its
// base the fields, the overlay is what a person has to change.
func (c *checker) noEffect(path, decider, why string, fields ...string) {
	var inherited []string
	for _, field := range fields {
		switch at := path + "." + field; {
		case !c.written(at):
		case c.own(path+"."+decider) && !c.own(at):
			inherited = append(inherited, field+": null")
		default:
			c.errorf(at, "remove it", "has no effect: %s", why)
		}
	}
	if len(inherited) > 0 {
		c.errorf(path+"."+decider, "write beside it "+strings.Join(inherited, ", "), "leaves fields of the base without effect: %s", why)
	}
}

// own tells whether the value at path was written where the node was: not in
// the base that an overlay's entry is merged into.
func (c *checker) own(path string) bool {
	return inside(c.node.Path(path), c.node.Path(""))
}

// intRange checks a whole number as it stands in the file: a 0 has given way to
// the default already.
func (c *checker) intRange(path string, low, high int, unit string) {
	if value, err := strconv.Atoi(c.at(path).Text()); err == nil && (value < low || value > high) {
		c.errorf(path, "", "got %d, want %d to %d %s", value, low, high, unit)
	}
}
