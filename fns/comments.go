package fns

import (
	"bytes"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxRewrites of a document. Two are the most that any of our tests needs.
const maxRewrites = 8

// stabilize gives a list the comments that it keeps: the YAML library moves some
// of them each time that it reads and writes a document, and a second run of the
// function would change what the first one wrote.
func stabilize(rl *framework.ResourceList) error {
	if !yaml.IsMissingOrNull(rl.FunctionConfig) {
		err := rewrite(rl.FunctionConfig.YNode(), func(n *yaml.Node) *yaml.Node {
			return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{yaml.NewStringRNode("functionConfig").YNode(), n}}
		}, func(doc *yaml.Node) *yaml.Node { return doc.Content[1] })
		if err != nil {
			return fmt.Errorf("functionConfig: %w", err)
		}
	}
	for i, item := range rl.Items {
		err := rewrite(item.YNode(), func(n *yaml.Node) *yaml.Node {
			return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}
		}, func(doc *yaml.Node) *yaml.Node { return doc.Content[0] })
		if err != nil {
			return fmt.Errorf("items[%d]: %w", i, err)
		}
	}
	return nil
}

// rewrite writes a node and reads it again until that changes nothing. Where it
// stands decides whose its comments are: around is a document with the node in
// such a place, and within finds it there.
func rewrite(n *yaml.Node, around, within func(*yaml.Node) *yaml.Node) error {
	if !commented(n) {
		return nil
	}
	before, err := encode(around(n))
	for range maxRewrites {
		if err != nil {
			return err
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(before, &doc); err != nil {
			return err
		}
		read := within(doc.Content[0])
		after, err := encode(around(read))
		if err != nil {
			return err
		}
		if bytes.Equal(before, after) {
			*n = *read
			return nil
		}
		before = after
	}
	return nil
}

// commented reports whether a node has comments, but for the one above its first
// field, which stays where it is.
func commented(n *yaml.Node) bool {
	return n.LineComment != "" || n.FootComment != "" || slices.ContainsFunc(n.Content, hasComment) &&
		(n.Content[0].LineComment != "" || n.Content[0].FootComment != "" || slices.ContainsFunc(n.Content[1:], hasComment))
}

func hasComment(n *yaml.Node) bool {
	return n.HeadComment != "" || n.LineComment != "" || n.FootComment != "" || slices.ContainsFunc(n.Content, hasComment)
}

// encode is a document as kyaml writes it.
func encode(doc *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.CompactSeqIndent()
	err := e.Encode(doc)
	return out.Bytes(), err
}
