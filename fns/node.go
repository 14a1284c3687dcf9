package fns

import (
	"bytes"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// withoutBookkeeping is a copy of an item without the annotations that tools
// add to it.
func withoutBookkeeping(n *yaml.RNode) (*yaml.RNode, error) {
	plain := n.Copy()
	for key := range plain.GetAnnotations() {
		if isBookkeeping(key) {
			if err := plain.PipeE(yaml.ClearAnnotation(key)); err != nil {
				return nil, err
			}
		}
	}
	return plain, yaml.ClearEmptyAnnotations(plain)
}

// same reports whether two values mean the same, whatever the order of their
// fields, their style and their comments.
func same(a, b *yaml.RNode) bool {
	x, err := a.MarshalJSON()
	if err != nil {
		return false
	}
	y, err := b.MarshalJSON()
	return err == nil && bytes.Equal(x, y)
}

// shared reports whether a value stands in several places of its file.
func shared(n *yaml.Node) bool {
	return n != nil && (n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, shared))
}

// elements are those of a list; none of anything else.
func elements(n *yaml.RNode) []*yaml.RNode {
	if n == nil || n.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	list, err := n.Elements()
	if err != nil {
		return nil
	}
	return list
}

// ensure is the value at a path of mappings, of the given kind; what is missing,
// or of another kind, is made.
func ensure(n *yaml.RNode, kind yaml.Kind, path ...string) (*yaml.RNode, error) {
	for i, name := range path {
		want := yaml.MappingNode
		if i == len(path)-1 {
			want = kind
		}
		if have := n.Field(name); have != nil && have.Value.YNode().Kind != want {
			if err := n.PipeE(yaml.Clear(name)); err != nil {
				return nil, err
			}
		}
		made, err := n.Pipe(yaml.LookupCreate(want, name))
		if err != nil {
			return nil, err
		}
		n = made
	}
	return n, nil
}

// setScalar sets a field to a text, and keeps the comments around it.
func setScalar(n *yaml.RNode, name, value string, style yaml.Style) error {
	v, err := n.Pipe(yaml.LookupCreate(yaml.ScalarNode, name))
	if err != nil {
		return err
	}
	v.YNode().SetString(value)
	v.YNode().Style = style
	return nil
}
