package document

import (
	"maps"
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
)

// With is the document with a change made; n is its root, and does not change.
// The second result reports whether there is a place for the change.
func (n *Node) With(c problem.Change) (*Node, bool) {
	value, bad := valueNode(c.Value)
	if bad {
		return n, false
	}
	return n.with("."+c.Path, value)
}

// valueNode is a Go value as a Node.
func valueNode(v any) (n *Node, bad bool) {
	root, problems := FromValue(map[string]any{"value": v})
	if problems != nil {
		return nil, true
	}
	n = root.fields["value"]
	plainly(n)
	return n, false
}

// plainly makes the nodes of a Go value what a person would have written.
func plainly(n *Node) {
	n.built = false
	for _, child := range n.fields {
		plainly(child)
	}
	for _, item := range n.items {
		plainly(item)
	}
}

func (n *Node) with(path string, value *Node) (*Node, bool) {
	if path == "" {
		put := *value
		put.file, put.parent, put.key, put.index = n.file, n.parent, n.key, n.index
		put.line, put.column, put.keyLine, put.keyColumn = n.line, n.column, n.keyLine, n.keyColumn
		for _, child := range put.fields { // which nobody else has
			child.parent = &put
		}
		for _, item := range put.items {
			item.parent = &put
		}
		return &put, true
	}
	child, size := n.step(path)
	out := *n
	if child == nil {
		end := 1 + simplePrefix(path[1:])
		if path[0] != '.' || end == 1 || n.kind != mapKind {
			return n, false
		}
		child, size = &Node{file: n.file, parent: n, key: path[1:end], line: n.line, column: n.column, kind: mapKind}, end
	}
	if path[size:] == "" && value.kind == nullKind && n.kind == listKind {
		out.items = slices.DeleteFunc(slices.Clone(n.items), func(item *Node) bool { return item == child })
		return &out, true
	}
	changed, ok := child.with(path[size:], value)
	if !ok {
		return n, false
	}
	if n.kind == listKind {
		out.items = slices.Clone(n.items)
		out.items[slices.Index(n.items, child)] = changed
		return &out, true
	}
	out.fields = maps.Clone(n.fields)
	if out.fields == nil {
		out.fields = map[string]*Node{}
	}
	if out.fields[child.key] = changed; path[size:] == "" && value.kind == nullKind && n.fields[child.key] != nil {
		delete(out.fields, child.key)
	}
	return &out, true
}
