package fns

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// identity is what makes a resource another one.
type identity struct {
	apiVersion, kind, namespace, name string
	generated                         bool // has generateName instead of a name
}

// idOf reads an item's identity without decoding it: a list may have thousands.
func idOf(n *yaml.RNode) identity {
	i := identity{apiVersion: n.GetApiVersion(), kind: n.GetKind(), namespace: n.GetNamespace(), name: n.GetName()}
	i.generated = i.name == "" && scalar(n, "metadata", "generateName") != ""
	return i
}

// isToolConfig reports whether it is a kustomization.yaml or a Kptfile, which
// are configuration of tools and no resources.
func (i identity) isToolConfig() bool {
	return strings.HasPrefix(i.apiVersion, "kustomize.config.k8s.io/") ||
		strings.HasPrefix(i.apiVersion, "kpt.dev/") && i.kind == "Kptfile"
}

// findObject is the object of a core kind that the config names. One without a
// namespace is in the config's: kustomize may fill it in later. missing is
// completed where it is not there; its fix is for a list without any.
func findObject(kind, namespace, name string, items []*yaml.RNode, missing problem.Problem) (*yaml.RNode, *problem.Problem) {
	var names []string
	for _, item := range items {
		i := idOf(item)
		if i.apiVersion != "v1" || i.kind != kind || i.namespace != "" && i.namespace != namespace {
			continue
		}
		if i.name == name {
			return item, nil
		}
		names = append(names, i.name)
	}
	missing.Message = fmt.Sprintf("no %s %q of the namespace %s is in the list", kind, name, namespace)
	if len(names) > 0 {
		missing.Message += ", which has " + spelling.List(names)
		missing.Fix = ""
	}
	return nil, &missing
}

// lookup is the value at a path of fields, nil if there is none.
func lookup(n *yaml.RNode, path ...string) *yaml.RNode {
	for _, name := range path {
		f := n.Field(name)
		if f == nil || f.Value.IsTaggedNull() {
			return nil
		}
		n = f.Value
	}
	return n
}

// scalar is the text at a path of fields, "" if there is none.
func scalar(n *yaml.RNode, path ...string) string {
	if v := lookup(n, path...); v != nil && v.YNode().Kind == yaml.ScalarNode {
		return v.YNode().Value
	}
	return ""
}

// annotation is one of an item's annotations, "" if it has none.
func annotation(n *yaml.RNode, key string) string { return n.GetAnnotations(key)[key] }
