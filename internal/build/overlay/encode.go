package overlay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// Manifest returns an object as YAML, its fields in the order in which
// kustomize formats Kubernetes objects.
func Manifest(o Object) ([]byte, error) { return kyaml.Marshal(node(o)) }

// Node returns an object as the YAML tree that Manifest writes.
func Node(o Object) *yaml.Node { return node(o) }

// patchText returns a patch as the text of a patches entry, without a newline
// at its end.
func patchText(patch *yaml.Node) (string, error) {
	out, err := kyaml.Marshal(patch)
	if err != nil {
		return "", fmt.Errorf("encoding a patch: %w", err)
	}
	var last yaml.Node // as the library chose to write it
	if err := yaml.Unmarshal(out, &last); err != nil {
		return "", fmt.Errorf("reading a patch: %w", err)
	}
	for len(last.Content) > 0 {
		last = *last.Content[len(last.Content)-1]
	}
	text := strings.TrimSuffix(string(out), "\n")
	if last.Style == yaml.LiteralStyle && strings.HasSuffix(last.Value, "\n") {
		return text + "\n" + guard, nil
	}
	return text, nil
}

// guard ends a patch whose last line belongs to a block scalar: kustomize trims
// the text of patches, and with it the newline that ends the scalar.
const guard = "# kustomize trims patches: this line keeps the newline above"

// node returns a value as YAML with the fields in the order in which kustomize
// formats Kubernetes objects: name, apiVersion, kind, metadata, spec and so on.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range fieldNames(v) {
			n.Content = append(n.Content, node(name), node(v[name]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			n.Content = append(n.Content, node(element))
		}
		return n
	case string:
		return stringNode(v)
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v)}
	}
}

// stringNode leaves to the encoder how a string is written, but quotes the truth
// values of YAML 1.1 that it does not know, such as y and off, and several lines
// that begin with a blank: the parser cannot read every such block.
func stringNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if len(s) <= len("off") && kyaml.IsYaml1_1NonString(n) || strings.IndexAny(s, " \t\n") == 0 {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func fieldNames(o map[string]any) []string {
	return slices.SortedFunc(maps.Keys(o), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
}

func rank(name string) int {
	if name == directive {
		return -1
	}
	if order, known := kyaml.FieldOrder[name]; known {
		return order
	}
	return len(kyaml.FieldOrder) + 1
}

// lines is how many lines a value takes as YAML, near enough to tell the
// shorter of two patches.
func lines(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			n += lines(value)
			if !isScalar(value) {
				n++
			}
		}
	case []any:
		for _, element := range v {
			n += lines(element)
		}
	case string:
		n = 1 + strings.Count(v, "\n")
	default:
		n = 1
	}
	return n
}
