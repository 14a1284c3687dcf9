package overlay

import (
	"cmp"
	"fmt"
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
	last := patch
	for len(last.Content) > 0 {
		last = last.Content[len(last.Content)-1]
	}
	if last.Style == yaml.LiteralStyle && strings.HasSuffix(last.Value, "\n") {
		return string(out) + guard, nil
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// guard ends a patch whose last line belongs to a block scalar: kustomize trims
// the text of patches, and with it the newline that ends the scalar.
const guard = "# kustomize trims patches: this line keeps the newline above"

// node returns a value as YAML with the fields in the order in which kustomize
// formats Kubernetes objects: name, apiVersion, kind, metadata, spec and so on.
func node(v any) *yaml.Node {
	n := &yaml.Node{}
	fill(n, v)
	return n
}

func fill(n *yaml.Node, v any) {
	switch v := v.(type) {
	case map[string]any:
		n.Kind = yaml.MappingNode
		makeContent(n, 2*len(v))
		for i, f := range fieldsOf(v) {
			fillString(n.Content[2*i], f.name)
			fill(n.Content[2*i+1], v[f.name])
		}
	case []any:
		n.Kind = yaml.SequenceNode
		makeContent(n, len(v))
		for i, element := range v {
			fill(n.Content[i], element)
		}
	case string:
		fillString(n, v)
	case nil:
		n.Kind, n.Value = yaml.ScalarNode, "null"
	default:
		n.Kind, n.Value = yaml.ScalarNode, fmt.Sprint(v)
	}
}

// makeContent gives a node what is in it, to be filled. An object has a hundred
// nodes: made one by one they are a third of what a function allocates.
func makeContent(n *yaml.Node, size int) {
	nodes := make([]yaml.Node, size)
	n.Content = make([]*yaml.Node, size)
	for i := range nodes {
		n.Content[i] = &nodes[i]
	}
}

// fillString leaves a string plain where it can, writes several lines as a
// block and quotes what YAML 1.1 takes for something else, such as y or 012.
func fillString(n *yaml.Node, s string) {
	if quick(n, s) {
		return
	}
	// The parser cannot read every block that starts with a blank.
	if strings.IndexAny(s, " \t\n") == 0 || n.Encode(s) != nil {
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
	}
}

// field is the name of a mapping's field and its rank in kustomize's order.
type field struct {
	name string
	rank int
}

func fieldsOf(o map[string]any) []field {
	fields := make([]field, 0, len(o))
	for name := range o {
		fields = append(fields, field{name, rank(name)})
	}
	slices.SortFunc(fields, func(a, b field) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.name, b.name))
	})
	return fields
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
