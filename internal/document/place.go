package document

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// Place gives problems the positions and paths at which a person wrote the
// values; the paths that they come with count from n. unread is what could not
// be decoded: a default has taken its place, and a problem that comes of that is
// left out.
//
// In a tree that Merge made, a field of the base may be wrong because of what
// its overlay wrote. It is the overlay's that has to change then.
func (n *Node) Place(found, unread problem.List) problem.List {
	var placed problem.List
	for _, p := range found {
		if at, known := n.place(p, unread); known {
			placed = append(placed, at)
		}
	}
	return placed
}

func (n *Node) place(p problem.Problem, unread problem.List) (problem.Problem, bool) {
	at := n.Problem(p.Path, "%s", p.Message)
	at.Severity, at.Fix = p.Severity, p.Fix
	if p.Change != nil {
		at.Change = &problem.Change{Path: n.Path(p.Change.Path), Value: p.Change.Value}
	}
	blamed := ""
	for _, other := range p.Depends {
		if Touches(unread, n.Path(other)) {
			return at, false
		}
		if blamed == "" && !n.own(p.Path) && n.own(other) && n.has(other) && !problem.Within(p.Path, other) {
			blamed = other
		}
	}
	if Touches(unread, at.Path) {
		return at, false
	}
	if blamed == "" {
		return at, true
	}
	moved := n.Problem(blamed, "with this, %s: %s", at.Path, at.Message)
	if moved.Severity, moved.Fix = at.Severity, at.Fix; at.Fix == problem.Remove {
		moved.Fix = "write beside it " + null(blamed, p.Path)
		moved.Change = &problem.Change{Path: n.Path("") + "." + p.Path}
	}
	return moved, true
}

// Touches reports whether a value that could not be decoded is at path, around
// it or in it, or was meant to be at it or around it.
func Touches(unread problem.List, path string) bool {
	return slices.ContainsFunc(unread, func(p problem.Problem) bool {
		return problem.Within(p.Path, path) || problem.Within(path, p.Path) || slices.ContainsFunc(p.Meant, func(meant string) bool {
			return problem.Within(path, meant)
		})
	})
}

// own reports whether the field at path was written where n was, or would be:
// not in the base that an overlay's entry is merged into.
func (n *Node) own(path string) bool {
	return n.under == nil || !problem.Within(n.Path(path), n.under.Path(""))
}

// has reports whether the field at path was written, if only to remove it.
func (n *Node) has(path string) bool {
	_, missing := n.find(path)
	return missing == ""
}

// null is YAML that sets a field to null, for a place beside another one:
// tls: {secretName: null} for expose.tls.secretName beside expose.type.
func null(beside, path string) string {
	around, names := strings.Split(beside, "."), strings.Split(path, ".")
	for len(around) > 1 && len(names) > 1 && around[0] == names[0] {
		around, names = around[1:], names[1:]
	}
	return strings.Join(names, ": {") + ": null" + strings.Repeat("}", len(names)-1)
}
