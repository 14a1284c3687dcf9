package strict

import (
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/generator/problem"
)

const (
	// maxValues of a document with its aliases written out: a few lines of
	// aliases of aliases are otherwise billions of values.
	maxValues = 100_000
	// maxDepth of lists and mappings within each other. A Kubernetes object
	// needs about 20.
	maxDepth = 64
	// maxKey is the length of a field's name in bytes. The longest that
	// Kubernetes knows are the 317 of a label.
	maxKey = 512
	// maxProblems reported in one go.
	maxProblems = 1000
)

// tree makes Nodes of the library's nodes: aliases and merge keys are written
// out, so that each Node has one place.
type tree struct {
	file     string
	values   int
	depth    int
	alias    *yaml.Node          // the first one, blamed for what aliases do
	open     map[*yaml.Node]bool // lists and mappings around the current value
	stopped  bool
	problems problem.List
}

func (t *tree) add(at *Node, fix, format string, args ...any) {
	if len(t.problems) < maxProblems {
		p := at.Problem("", format, args...)
		p.Fix = fix
		t.problems = append(t.problems, p)
	}
}

// node fills in n, whose place is set, from y.
func (t *tree) node(y *yaml.Node, n *Node) *Node {
	n.file, n.line, n.column = t.file, y.Line, y.Column
	if y.Kind == yaml.AliasNode {
		if t.alias == nil {
			t.alias = y
		}
		if y = y.Alias; !t.open[y] {
			// The text is at the anchor: that is what a person has to change.
			n.line, n.column = y.Line, y.Column
		}
	}
	if !t.enter(y, n) {
		return n
	}
	defer t.leave(y)
	if tag := y.ShortTag(); y.Style&yaml.TaggedStyle != 0 && (tag != "!!str" || y.Kind != yaml.ScalarNode) {
		t.add(n, "remove the tag", "the tag %s is not supported", show(tag))
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
		n.text, n.kind, n.plain = y.Value, scalarKind(y), y.Style&^yaml.FlowStyle == 0
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

// enter counts a value and says whether to go on with it.
func (t *tree) enter(y *yaml.Node, n *Node) bool {
	if t.stopped {
		return false
	}
	t.values++
	switch {
	case t.open[y]:
		t.add(n, "write the value out", "the alias *%s stands for a value that contains it", show(y.Anchor))
		return false
	case t.values > maxValues && t.alias != nil:
		at := &Node{file: t.file, line: t.alias.Line, column: t.alias.Column}
		t.add(at, "write the values out", "aliases, the first one here, make this document more than %d values long", maxValues)
		t.stopped = true
		return false
	case t.values > maxValues:
		t.add(n, "check that this is the right file", "the document has more than %d values", maxValues)
		t.stopped = true
		return false
	case t.depth == maxDepth && y.Kind != yaml.ScalarNode:
		t.add(n, "check that this is the right file", "lists and mappings are nested more than %d deep", maxDepth)
		t.stopped = true
		return false
	}
	if y.Kind != yaml.ScalarNode {
		t.open[y] = true
		t.depth++
	}
	return true
}

func (t *tree) leave(y *yaml.Node) {
	if y.Kind != yaml.ScalarNode {
		delete(t.open, y)
		t.depth--
	}
}

// fill adds the fields of y to n, then those that y's merge keys (<<) name.
// What is there already stays: the field that stands closest wins.
func (t *tree) fill(n *Node, y *yaml.Node) {
	lines := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(y.Content) && !t.stopped; i += 2 {
		k, value := y.Content[i], y.Content[i+1]
		at := &Node{file: t.file, parent: n, line: k.Line, column: k.Column}
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		at.key = k.Value
		switch first, twice := lines[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			at.key = "?"
			t.add(at, "", "a list or mapping cannot be the name of a field")
			continue
		case k.Value == "" || len(k.Value) > maxKey:
			at.key = "?"
			t.add(at, "", "got a field name of %d bytes, want 1 to %d", len(k.Value), maxKey)
			continue
		case twice:
			t.add(at, "keep one of them", "the field is set twice, first in line %d", first)
			continue
		case k.ShortTag() == "!!merge":
			merged = append(merged, value)
		case scalarKind(k) != stringKind:
			t.add(at, "quote it: "+strconv.Quote(k.Value), "got %s as the name of a field, want a string",
				(&Node{kind: scalarKind(k), text: k.Value}).describe())
			continue
		}
		lines[k.Value] = at.line
		if _, closer := n.fields[k.Value]; !closer && k.ShortTag() != "!!merge" {
			n.fields[k.Value] = t.node(value, &Node{
				parent: n, key: k.Value, keyLine: at.line, keyColumn: at.column,
			})
		}
	}
	for _, m := range merged {
		sources := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			sources = m.Content
		}
		for _, source := range sources {
			at := &Node{file: t.file, parent: n, key: "<<", line: source.Line, column: source.Column}
			if source.Kind == yaml.AliasNode {
				if t.alias == nil {
					t.alias = source
				}
				source = source.Alias
			}
			if source.Kind != yaml.MappingNode {
				t.add(at, "write <<: *name", "want an alias of a mapping behind <<")
			} else if t.enter(source, at) {
				t.fill(n, source)
				t.leave(source)
			}
		}
	}
}

// show is text for a message: quoted if it has to be, and never long.
func show(s string) string {
	if s = clip(s); simpleKey.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// clip shortens what would flood a terminal.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}
