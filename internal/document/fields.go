package document

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

// maxKey is the length of a field's name in bytes. The longest that Kubernetes
// knows are the 317 of a label.
const maxKey = 512

// fill adds the fields of y to n, then those that y's merge key (<<) brings in.
// What is there already stays: the field that stands closest wins.
func (t *tree) fill(n *Node, y *yaml.Node) {
	lines := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(y.Content) && !t.stopped; i += 2 {
		at := &Node{file: t.file, parent: n, line: y.Content[i].Line, column: y.Content[i].Column}
		key, value := t.follow(y.Content[i]), y.Content[i+1]
		if !t.name(at, key) {
			continue
		}
		if first, twice := lines[key.Value]; twice {
			t.add(at, "keep one of them", "the field is set twice, first in line %d", first)
			continue
		}
		lines[key.Value] = at.line
		if key.ShortTag() == "!!merge" {
			merged = []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				merged = value.Content
			}
		} else if _, closer := n.fields[key.Value]; !closer {
			n.fields[key.Value] = t.node(value, &Node{
				parent: n, key: key.Value, keyLine: at.line, keyColumn: at.column,
			})
		}
	}
	for _, m := range merged {
		at := &Node{file: t.file, parent: n, key: "<<", line: m.Line, column: m.Column}
		if m = t.follow(m); m.Kind != yaml.MappingNode {
			t.add(at, "write <<: *name", "want the alias of a mapping")
		} else if t.enter(m, at) {
			t.fill(n, m)
			t.leave(m)
		}
	}
}

// name checks a field's name and completes at, the place of its key.
func (t *tree) name(at *Node, key *yaml.Node) bool {
	named := &Node{kind: scalarKind(key), text: key.Value, plain: key.Style == 0}
	switch {
	case key.Kind != yaml.ScalarNode:
		at.key = "?"
		t.add(at, "", "got a list or mapping as the name of a field, want a string")
	case key.Value == "" || len(key.Value) > maxKey:
		at.key = problem.Clip(key.Value)
		t.add(at, "", "got a field name of %d bytes, want 1 to %d", len(key.Value), maxKey)
	case named.kind != stringKind:
		at.key = key.Value
		t.add(at, "quote it: "+strconv.Quote(key.Value), "got %s as the name of a field, want a string", named.describe())
	default:
		at.key = key.Value
		return true
	}
	return false
}
