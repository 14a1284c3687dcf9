package fns

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// identity is what tells resources apart.
type identity struct {
	apiVersion, kind, namespace, name string
	generated                         bool // has generateName instead of a name
}

// idOf reads an item's identity without decoding it: a list may have thousands.
func idOf(n *yaml.Node) identity {
	i := identity{apiVersion: scalar(n, "apiVersion"), kind: scalar(n, "kind")}
	if m := field(n, "metadata"); m != nil {
		i.namespace, i.name = scalar(m, "namespace"), scalar(m, "name")
		i.generated = i.name == "" && scalar(m, "generateName") != ""
	}
	return i
}

// isToolConfig tells a kustomization.yaml and a Kptfile, which are configuration
// of tools and no resources.
func (i identity) isToolConfig() bool {
	return strings.HasPrefix(i.apiVersion, "kustomize.config.k8s.io/") ||
		strings.HasPrefix(i.apiVersion, "kpt.dev/") && i.kind == "Kptfile"
}

// field is the value of a mapping's field, nil if there is none.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// scalar is the text of a scalar field, "" if there is none.
func scalar(n *yaml.Node, name string) string {
	if v := field(n, name); v != nil && v.Kind == yaml.ScalarNode && v.ShortTag() != yaml.NodeTagNull {
		return v.Value
	}
	return ""
}

// annotation is one of an item's annotations, "" if it has none.
func annotation(n *yaml.Node, key string) string {
	return scalar(field(field(n, "metadata"), "annotations"), key)
}
