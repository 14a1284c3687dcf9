package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

const (
	// maxValues of a document with its aliases written out: a few lines of
	// aliases of aliases are otherwise billions of values.
	maxValues = 100_000
	// maxDepth of lists and mappings within each other. A Kubernetes object
	// needs about 20.
	maxDepth = 64
)

// tree makes Nodes of the library's nodes: aliases and merge keys are written
// out, so that each Node has one place.
type tree struct {
	report
	file    string
	values  int
	depth   int
	alias   *yaml.Node          // the first one, blamed for what aliases do
	open    map[*yaml.Node]bool // lists and mappings around the current value
	stopped bool                // at a limit: the tree is of no use
	built   bool                // the text was made of a Go value
}

// node fills in n, whose place is set, from y.
func (t *tree) node(y *yaml.Node, n *Node) *Node {
	n.file, n.line, n.column = t.file, y.Line, y.Column
	if y = t.follow(y); !t.open[y] {
		// The text is at the anchor: that is what a person has to change.
		n.line, n.column = y.Line, y.Column
	}
	if !t.enter(y, n) {
		return n
	}
	defer t.leave(y)
	if n.built = t.built; n.built {
		n.line, n.column, n.keyLine, n.keyColumn = 0, 0, 0, 0
	}
	if y.Style&yaml.TaggedStyle != 0 && (y.ShortTag() != "!!str" || y.Kind != yaml.ScalarNode) {
		t.add(n, "remove the tag", "got the tag %q, want a value without one", problem.Clip(y.ShortTag()))
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind, n.fields = mapKind, map[string]*Node{}
		t.fill(n, y)
	case yaml.SequenceNode:
		n.kind = listKind
		for i, item := range y.Content {
			n.items = append(n.items, t.node(item, &Node{parent: n, index: i}))
		}
	default:
		n.kind, n.text, n.plain = scalarKind(y), y.Value, y.Style == 0
	}
	return n
}

func scalarKind(y *yaml.Node) kind {
	switch y.ShortTag() {
	case "!!null":
		return nullKind
	case "!!bool":
		return boolKind
	case "!!int":
		return intKind
	case "!!float":
		return floatKind
	}
	return stringKind // a date is text too, as in JSON
}

// follow is what an alias stands for.
func (t *tree) follow(y *yaml.Node) *yaml.Node {
	if y.Kind != yaml.AliasNode {
		return y
	}
	if t.alias == nil {
		t.alias = y
	}
	return y.Alias
}

// enter counts a value and says whether to go on with it.
func (t *tree) enter(y *yaml.Node, n *Node) bool {
	t.values++
	switch {
	case t.stopped:
		return false
	case t.open[y]:
		t.add(n, "write the value out", "the alias *%s stands for a value that contains it", problem.Clip(y.Anchor))
		return false
	case t.values > maxValues && t.alias != nil:
		at := &Node{file: t.file, line: t.alias.Line, column: t.alias.Column}
		t.add(at, "write the values out", "with its aliases written out, of which the first is here, "+
			"the document has more than %d values", maxValues)
		t.stopped = true
		return false
	case t.values > maxValues:
		t.add(n, wrongFile, "the document has more than %d values", maxValues)
		t.stopped = true
		return false
	case y.Kind == yaml.ScalarNode:
		return true
	case t.depth == maxDepth:
		t.add(n, wrongFile, "lists and mappings are nested more than %d deep", maxDepth)
		t.stopped = true
		return false
	}
	t.open[y] = true
	t.depth++
	return true
}

func (t *tree) leave(y *yaml.Node) {
	if y.Kind != yaml.ScalarNode {
		delete(t.open, y)
		t.depth--
	}
}
