package importer

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/internal/secretscan"
)

// Kind is what became of a value.
type Kind string

// The fates of a value.
const (
	// Carried is in the stack as it was.
	Carried Kind = "carried"
	// Changed is in the stack in another form, or served by another field.
	Changed Kind = "changed"
	// Default needs no field: hearth does so anyway, or nothing is left for it to do.
	Default Kind = "default"
	// NotExpressible is in no field of the stack.
	NotExpressible Kind = "not expressible"
)

// Row is what became of one value of the source.
type Row struct {
	// File and Line the value stands in; the line is 0 where kustomize built it.
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	// Path of the value below its document: spec.values.image.tag.
	Path string `json:"path"`
	// Value as spelled; a secret is not shown.
	Value string `json:"value"`
	Kind  Kind   `json:"kind"`
	// To is the field of the stack that has it now; "" if none has.
	To string `json:"to,omitempty"`
	// Why it was changed, needs no field, or cannot be expressed.
	Why string `json:"why,omitempty"`
	// Fix is what a person may do about it.
	Fix string `json:"fix,omitempty"`
}

// Node is a value of the source and what it holds. Every method takes a nil Node
// as one that is not there.
type Node struct {
	file     string
	line     int
	path     string
	key      string // in its map
	mapping  bool
	sequence bool
	text     string // of a scalar, as spelled
	null     bool
	quoted   bool // or otherwise a text for YAML
	parent   *Node
	children []*Node
	row      *Row // of a leaf
	secret   bool
}

// hidden stands in a report for a secret.
const hidden = "(a secret: not shown)"

// newNode makes a tree of YAML. Aliases and merge keys are followed, as every
// reader of these files does.
func newNode(file, path, key string, parent *Node, y *yaml.Node) *Node {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	n := &Node{file: file, line: y.Line, path: path, key: key, parent: parent}
	switch y.Kind {
	case yaml.MappingNode:
		n.mapping = true
		for _, pair := range pairs(y) {
			n.children = append(n.children, newNode(file, join(path, pair[0].Value), pair[0].Value, n, pair[1]))
		}
	case yaml.SequenceNode:
		n.sequence = true
		for i, item := range y.Content {
			n.children = append(n.children, newNode(file, fmt.Sprintf("%s[%d]", path, i), "", n, item))
		}
	default:
		n.text, n.null, n.quoted = y.Value, y.Tag == "!!null", y.Tag == "!!str"
		if n.null {
			n.text = ""
		}
	}
	return n
}

// pairs are a map's keys and values, the merged ones after its own.
func pairs(y *yaml.Node) [][2]*yaml.Node {
	var own, merged [][2]*yaml.Node
	seen := map[string]bool{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Tag == "!!merge" {
			merged = append(merged, mergedPairs(value)...)
			continue
		}
		seen[key.Value] = true
		own = append(own, [2]*yaml.Node{key, value})
	}
	for _, pair := range merged {
		if !seen[pair[0].Value] {
			seen[pair[0].Value] = true
			own = append(own, pair)
		}
	}
	return own
}

func mergedPairs(y *yaml.Node) [][2]*yaml.Node {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if y.Kind != yaml.SequenceNode {
		return pairs(y)
	}
	var all [][2]*yaml.Node
	for _, item := range y.Content {
		all = append(all, mergedPairs(item)...)
	}
	return all
}

// join is a path and a key below it; a key with a dot stands in brackets.
func join(path, key string) string {
	switch {
	case strings.ContainsAny(key, ".[]/ ") || key == "":
		return path + "[" + key + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// At is what stands below the keys; nil if there is nothing.
func (n *Node) At(keys ...string) *Node {
	for _, key := range keys {
		if n == nil {
			return nil
		}
		i := slices.IndexFunc(n.children, func(c *Node) bool { return n.mapping && c.key == key })
		if i < 0 {
			return nil
		}
		n = n.children[i]
	}
	return n
}

// Items are the values of a list or of a map, in their order.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	return n.children
}

// String is a scalar as spelled; "" for anything else.
func (n *Node) String() string {
	if n == nil {
		return ""
	}
	return n.text
}

// Text is String below the keys.
func (n *Node) Text(keys ...string) string { return n.At(keys...).String() }

// True reports whether it is a scalar that YAML 1.1 reads as true.
func (n *Node) True() bool {
	return slices.Contains([]string{"true", "yes", "on", "1"}, strings.ToLower(n.String()))
}

// False reports whether it is there and reads as false.
func (n *Node) False() bool {
	return slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(n.String()))
}

// Empty reports whether nothing is said: no value, null, "", {} or [].
func (n *Node) Empty() bool { return n == nil || len(n.children) == 0 && n.text == "" }

// Value is the node as Go's values: maps, slices, strings, and for a scalar that
// is a number or a boolean that.
func (n *Node) Value() any {
	switch {
	case n == nil || n.null:
		return nil
	case n.mapping:
		m := map[string]any{}
		for _, c := range n.children {
			m[c.key] = c.Value()
		}
		return m
	case n.sequence:
		list := []any{}
		for _, c := range n.children {
			list = append(list, c.Value())
		}
		return list
	}
	if n.quoted {
		return n.text
	}
	return scalar(n.text)
}

// leaves are the values that hold no others; an empty map or list is one.
func (n *Node) leaves() []*Node {
	if n == nil {
		return nil
	}
	if len(n.children) == 0 {
		return []*Node{n}
	}
	var all []*Node
	for _, c := range n.children {
		all = append(all, c.leaves()...)
	}
	return all
}

// say gives every leaf below that has no row yet one.
func (n *Node) say(kind Kind, to, why, fix string) {
	for _, leaf := range n.leaves() {
		if leaf.row == nil {
			leaf.row = &Row{File: leaf.file, Line: leaf.line, Path: leaf.path, Value: leaf.shown(), Kind: kind, To: to, Why: why, Fix: fix}
		}
	}
}

// resay replaces what was said.
func (n *Node) resay(kind Kind, to, why, fix string) {
	for _, leaf := range n.leaves() {
		leaf.row = nil
	}
	n.say(kind, to, why, fix)
}

func (n *Node) plain(why string)            { n.say(Default, "", why, "") }
func (n *Node) lost(why, fix string)        { n.say(NotExpressible, "", why, fix) }
func (n *Node) conceal()                    { n.each(func(c *Node) { c.secret = true }) }
func (n *Node) changed(to, why, fix string) { n.say(Changed, to, why, fix) }

func (n *Node) each(f func(*Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, c := range n.children {
		c.each(f)
	}
}

// shown is the value for a person, in one line.
func (n *Node) shown() string {
	switch {
	case n.mapping:
		return "{}"
	case n.sequence:
		return "[]"
	case n.null:
		return "null"
	case n.secretive() != "":
		return hidden
	}
	text := strings.Join(strings.Fields(n.text), " ")
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:57], "") + "..."
	}
	if text == "" {
		return `""`
	}
	return text
}

// secretive says why the value is a secret; "" if it is none. An item of a list
// of variables goes by its name.
func (n *Node) secretive() string {
	name := n.key
	if p := n.parent; n.key == "value" && p != nil && p.Text("name") != "" {
		name = p.Text("name")
	}
	if n.secret {
		return "a secret"
	}
	if n.text == "" {
		return ""
	}
	return secretscan.Value(name, n.text)
}
