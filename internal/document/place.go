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
	blamed := ""
	for _, other := range p.Depends {
		if touches(unread, n.Path(other)) {
			return at, false
		}
		if blamed == "" && !n.own(p.Path) && n.own(other) && n.has(other) && !problem.Within(p.Path, other) {
			blamed = other
		}
	}
	if touches(unread, at.Path) {
		return at, false
	}
	if blamed != "" {
		moved := n.Problem(blamed, "makes %s wrong: %s", at.Path, at.Message)
		if moved.Severity, moved.Fix = at.Severity, at.Fix; at.Fix == problem.Remove {
			moved.Fix = "write beside it " + null(p.Path)
		}
		return moved, true
	}
	return at, true
}

// touches reports whether a value that could not be decoded is at path, around
// it or in it.
func touches(unread problem.List, path string) bool {
	return slices.ContainsFunc(unread, func(p problem.Problem) bool {
		return problem.Within(p.Path, path) || problem.Within(path, p.Path)
	})
}

// own reports whether the field at path was written where n was, or would be:
// not in the base that an overlay's entry is merged into.
func (n *Node) own(path string) bool { return problem.Within(n.Path(path), n.Path("")) }

// has reports whether the field at path was written, if only to remove it.
func (n *Node) has(path string) bool {
	_, missing := n.find(path)
	return missing == ""
}

// null is a field set to null, as YAML: expose: {nginx: null}.
func null(path string) string {
	names := strings.Split(path, ".")
	return strings.Join(names, ": {") + ": null" + strings.Repeat("}", len(names)-1)
}
