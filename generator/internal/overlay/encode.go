package overlay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// Kustomization returns the text of a kustomization.yaml with these resources
// and patches, in their order.
func Kustomization(resources []string, patches []Patch) ([]byte, error) {
	return encode(struct {
		APIVersion string   `yaml:"apiVersion"`
		Kind       string   `yaml:"kind"`
		Resources  []string `yaml:"resources,omitempty"`
		Patches    []Patch  `yaml:"patches,omitempty"`
	}{"kustomize.config.k8s.io/v1beta1", "Kustomization", resources, patches})
}

// encode indents as kustomize does: two blanks, lists flush with their key.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := yaml.NewEncoder(&buf)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// patchText returns a patch as the text of a patches entry, without a newline
// at its end.
func patchText(patch *yaml.Node) (string, error) {
	// Kustomize trims the text of a patch, and with it the newline that ends a
	// block scalar at the very end.
	last := patch
	for len(last.Content) > 0 {
		last = last.Content[len(last.Content)-1]
	}
	if strings.HasSuffix(last.Value, "\n") {
		last.Style = yaml.DoubleQuotedStyle
	}
	out, err := encode(patch)
	if err != nil {
		return "", fmt.Errorf("encoding a patch: %w", err)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// node returns a value as YAML with the fields in the order in which kustomize
// formats Kubernetes objects: name, apiVersion, kind, metadata, spec and so on.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.SortedFunc(maps.Keys(v), compareFields) {
			n.Content = append(n.Content, node(key), node(v[key]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			n.Content = append(n.Content, node(element))
		}
		return n
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	default:
		// Encode quotes strings that YAML 1.1 would take for something else,
		// such as y or 012, and writes several lines as a block.
		n := &yaml.Node{}
		if err := n.Encode(v); err != nil {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: fmt.Sprint(v)}
		}
		return n
	}
}

func compareFields(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

func rank(field string) int {
	if field == directive {
		return -1
	}
	if order, known := kyaml.FieldOrder[field]; known {
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
