package fns

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// setAnnotation sets an annotation of an object made here, whose metadata is a
// mapping.
func setAnnotation(n *yaml.Node, key, value string) {
	metadata := field(n, "metadata")
	annotations := field(metadata, "annotations")
	if annotations == nil {
		annotations = &yaml.Node{Kind: yaml.MappingNode}
		metadata.Content = append(metadata.Content, text("annotations"), annotations)
	}
	v := text(value)
	v.Style = yaml.SingleQuotedStyle // an index is a number otherwise
	if have := field(annotations, key); have != nil {
		*have = *v
		return
	}
	annotations.Content = append(annotations.Content, text(key), v)
}

func text(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
}

// withoutBookkeeping is an item without the annotations that tools add to it.
// It shares the rest with the item.
func withoutBookkeeping(n *yaml.Node) *yaml.Node {
	annotations := field(field(n, "metadata"), "annotations")
	if annotations == nil {
		return n
	}
	kept := *annotations
	kept.Content = nil
	for i := 0; i+1 < len(annotations.Content); i += 2 {
		if !isBookkeeping(annotations.Content[i].Value) {
			kept.Content = append(kept.Content, annotations.Content[i], annotations.Content[i+1])
		}
	}
	metadata := with(field(n, "metadata"), "annotations", &kept)
	return with(n, "metadata", metadata)
}

// with is a copy of a mapping with another value for one field; without the
// field if the value is an empty mapping.
func with(n *yaml.Node, name string, value *yaml.Node) *yaml.Node {
	out := *n
	out.Content = slices.Clone(n.Content)
	for i := 0; i+1 < len(out.Content); i += 2 {
		if out.Content[i].Value != name {
			continue
		}
		if len(value.Content) == 0 {
			out.Content = slices.Delete(out.Content, i, i+2)
		} else {
			out.Content[i+1] = value
		}
		break
	}
	return &out
}

// same tells whether two values mean the same, whatever the order of their
// fields, their style and their comments.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(a.Content); i += 2 {
			value := field(b, a.Content[i].Value)
			if value == nil || !same(a.Content[i+1], value) {
				return false
			}
		}
	case yaml.SequenceNode:
		for i := range a.Content {
			if !same(a.Content[i], b.Content[i]) {
				return false
			}
		}
	case yaml.ScalarNode:
		return a.Value == b.Value && a.ShortTag() == b.ShortTag()
	default:
		return false // an alias: written by a person
	}
	return true
}

// shared tells a value that stands in several places of its file.
func shared(n *yaml.Node) bool {
	return n != nil && (n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, shared))
}

// elements are those of a list; none of anything else.
func elements(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// ensure is the mapping that a mapping's field holds; it is made if need be.
func ensure(n *yaml.Node, name string) *yaml.Node {
	if have := field(n, name); have != nil && have.Kind == yaml.MappingNode {
		return have
	}
	remove(n, name) // null
	made := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, text(name), made)
	return made
}

// setScalar sets a mapping's field to a text, and keeps the comments around it.
func setScalar(n *yaml.Node, name, value string, style yaml.Style) {
	v := text(value)
	v.Style = style
	if have := field(n, name); have != nil {
		v.HeadComment, v.LineComment, v.FootComment = have.HeadComment, have.LineComment, have.FootComment
		*have = *v
		return
	}
	n.Content = append(n.Content, text(name), v)
}

// remove takes a field out of a mapping.
func remove(n *yaml.Node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}
