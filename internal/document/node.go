package document

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// kind is what a value looks like in the file.
type kind int

const (
	nullKind    kind = iota
	removedKind      // a null of a merge patch: absent, but it has a position
	boolKind
	intKind
	floatKind
	stringKind
	listKind
	mapKind
)

// Node is a value of the file: a scalar, a list or a mapping. Nodes do not
// change once made, so that merged trees can share them. A nil Node is absent.
type Node struct {
	file string
	// parent, key and index are the place in the file as written, which Merge
	// leaves alone.
	parent *Node
	key    string
	index  int
	// line and column of the value; those of the key are 0 in a list.
	line, column       int
	keyLine, keyColumn int

	kind   kind
	text   string // of a scalar, as spelled
	plain  bool   // a scalar without quotes
	fields map[string]*Node
	items  []*Node

	built bool // of a Go value, which has no lines
	cell  bool // of a table, in which nothing tells a text from a number

	under *Node // what Merge laid it over
}

// zero reports whether a scalar is what Go has for an absent field.
func (n *Node) zero() bool {
	return n.kind == stringKind && n.text == "" || n.kind == intKind && n.text == "0"
}

// Field is the value of a field. Nil if it is absent or null.
func (n *Node) Field(name string) *Node {
	if n == nil {
		return nil
	}
	if f := n.fields[name]; f != nil && f.kind > removedKind {
		return f
	}
	return nil
}

// Items are the values of a list.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	return n.items
}

// Text is a scalar as spelled in the file.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// path of the value in the file it was written in, with a dot in front.
func (n *Node) path() string {
	switch {
	case n.parent == nil:
		return ""
	case n.parent.kind == listKind:
		return n.parent.path() + "[" + strconv.Itoa(n.index) + "]"
	}
	return n.parent.path() + segment(n.key)
}

// Path is that of the field at path, counted from n, in the file in which it was
// written. A field that is missing has the path it would have there.
func (n *Node) Path(path string) string {
	if n == nil {
		return path
	}
	at, rest := n.find(path)
	return strings.TrimPrefix(at.path()+rest, ".")
}

// Problem is an Error about the field at path, counted from n: "expose.host",
// "bases[0].name", or "" for n itself. The problem carries the position and
// path at which the value was written. For a field that is missing they are the
// position of the nearest value around it, and the path it would have there.
func (n *Node) Problem(path, format string, args ...any) problem.Problem {
	p := problem.Problem{Severity: problem.Error, Path: path, Message: fmt.Sprintf(format, args...)}
	if n == nil {
		return p
	}
	at, rest := n.find(path)
	p.File = at.file
	p.Line, p.Column = at.position()
	p.Path = strings.TrimPrefix(at.path()+rest, ".")
	return p
}

// position is where a person has to look: at a scalar itself, or at the key in
// front of a list or mapping, which may start lines further down.
func (n *Node) position() (line, column int) {
	if n.kind >= listKind && n.keyLine > 0 {
		return n.keyLine, n.keyColumn
	}
	return n.line, n.column
}

// find follows path as far as there are values, and returns what is left of it.
func (n *Node) find(path string) (*Node, string) {
	if path != "" && path[0] != '[' && path[0] != '.' {
		path = "." + path
	}
	for path != "" {
		child, size := n.step(path)
		if child == nil {
			break
		}
		n, path = child, path[size:]
	}
	return n, path
}

// step is the child that path starts with, and the length of that start.
func (n *Node) step(path string) (*Node, int) {
	if path[0] == '.' {
		if end := 1 + simplePrefix(path[1:]); end > 1 {
			return n.fields[path[1:end]], end
		}
	}
	var found *Node
	size := 0
	for key, child := range n.fields { // of ["a]"] and ["a"] the longer one
		for _, s := range []string{"[" + key + "]", segment(key)} {
			if len(s) > size && s[0] == '[' && strings.HasPrefix(path, s) {
				found, size = child, len(s)
			}
		}
	}
	if found != nil {
		return found, size
	}
	digits, _, closed := strings.Cut(strings.TrimPrefix(path, "["), "]")
	if i, err := strconv.Atoi(digits); closed && path[0] == '[' && err == nil && i >= 0 && i < len(n.items) && strconv.Itoa(i) == digits {
		return n.items[i], len(digits) + 2
	}
	return nil, 0
}

// simplePrefix is the length of the part of s that needs no brackets in a path.
func simplePrefix(s string) int {
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return i
		}
	}
	return len(s)
}

// bracketKey needs no quotes between brackets: labels, hosts, <<.
var bracketKey = regexp.MustCompile(`^[A-Za-z0-9_./:@<-]+$`)

// Join is the path of a mapping's entry whose key comes from the person:
// env.OLLAMA_DEBUG, labels[app.kubernetes.io/name].
func Join(path, key string) string {
	return strings.TrimPrefix(path+segment(key), ".")
}

func segment(key string) string {
	switch {
	case key != "" && simplePrefix(key) == len(key):
		return "." + key
	case bracketKey.MatchString(key):
		return "[" + key + "]"
	}
	return "[" + strconv.Quote(key) + "]"
}
