package generator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// document is the mapping of a stack's text.
func document(t testing.TB, data []byte) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// get is the value at a path of fields, nil if there is none.
func get(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return n
}

func scalar(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// mapping is one of names and values in turn.
func mapping(fields ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(fields); i += 2 {
		n.Content = append(n.Content, scalar(fields[i].(string)), fields[i+1].(*yaml.Node))
	}
	return n
}

func text(t testing.TB, n *yaml.Node) []byte {
	t.Helper()
	data, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asJSON is a document as JSON. Numbers keep their spelling, which JSON allows
// them too; what it does not have, such as 0x1F, becomes a string.
func asJSON(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			parts = append(parts, quoted(n.Content[i].Value)+": "+asJSON(n.Content[i+1]))
		}
		return "{" + strings.Join(parts, ",\n") + "}"
	case yaml.SequenceNode:
		for _, element := range n.Content {
			parts = append(parts, asJSON(element))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		return "null"
	case tag != "!!str" && json.Valid([]byte(n.Value)):
		return n.Value
	default:
		return quoted(n.Value)
	}
}

func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Sprintf("%q", s) // cannot be: a Go string is a JSON string
	}
	return string(data)
}
