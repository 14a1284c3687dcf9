package randomstack

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// text is the document as YAML in the styles that people mix.
func (d *drawing) text(document any) []byte {
	out, err := yaml.Marshal(d.node(document, d.chance(0.5), 0))
	if err != nil {
		panic(err)
	}
	return out
}

func (d *drawing) node(v any, shuffled bool, depth int) *yaml.Node {
	switch v := v.(type) {
	case object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		keys := slices.Sorted(maps.Keys(v))
		if shuffled {
			d.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		for _, key := range keys {
			n.Content = append(n.Content, d.scalar(key), d.node(v[key], shuffled, depth+1))
		}
		n.Style = d.flow(depth)
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			n.Content = append(n.Content, d.node(element, shuffled, depth+1))
		}
		n.Style = d.flow(depth)
		return n
	case spelled:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}
	case string:
		return d.scalar(v)
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: pick(d, "null", "~")}
	default:
		n := &yaml.Node{}
		if err := n.Encode(v); err != nil {
			panic(err)
		}
		return n
	}
}

// flow draws the style of a list or mapping that is deep inside.
func (d *drawing) flow(depth int) yaml.Style {
	if depth > 3 && d.chance(0.2) {
		return yaml.FlowStyle
	}
	return 0
}

// scalar is a string, quoted where it has to be and now and then where not.
func (d *drawing) scalar(s string) *yaml.Node {
	n := scalar(s)
	switch {
	case d.chance(0.1):
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
	case !strings.Contains(s, "\n") && d.chance(0.1):
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.SingleQuotedStyle, Value: s}
	}
	return n
}

// scalar is a string as the library writes it, but for those that it could not
// read again: some blocks that start with a blank, and the merge key.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	if err := n.Encode(s); err != nil || s == "<<" || strings.IndexAny(s, " \t\n") == 0 {
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
	}
	return n
}
