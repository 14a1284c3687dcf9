package fns

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// wrongInput is a document that is no ResourceList.
type wrongInput struct{ message string }

func (w wrongInput) Error() string { return w.message }

// checkWrapping says what came in place of a ResourceList.
func checkWrapping(rw *kio.ByteReadWriter, rl *framework.ResourceList) error {
	const want = "want a ResourceList of " + kio.ResourceListAPIVersion
	switch {
	case rw.WrappingKind == kio.ResourceListKind && rw.WrappingAPIVersion == kio.ResourceListAPIVersion:
		return nil
	case rw.WrappingKind == kio.ResourceListKind:
		return wrongInput{fmt.Sprintf("got a ResourceList of apiVersion %q, want %s", rw.WrappingAPIVersion, kio.ResourceListAPIVersion)}
	case rw.WrappingKind != "":
		return wrongInput{fmt.Sprintf("got a %s on standard input, %s", rw.WrappingKind, want)}
	case len(rl.Items) == 0:
		return wrongInput{"got an empty document on standard input, " + want}
	case len(rl.Items) > 1:
		return wrongInput{fmt.Sprintf("got %d documents on standard input, %s", len(rl.Items), want)}
	case rl.Items[0].GetKind() == kio.ResourceListKind:
		return wrongInput{"the ResourceList has neither items nor functionConfig"}
	}
	return wrongInput{fmt.Sprintf("got %q on standard input, %s", describe(rl.Items[0]), want)}
}

// unreadable is a plainer reason for the framework's failure to read, where the
// form of the document gives one.
func unreadable(data []byte, err error) error {
	var doc yaml.Node
	if failed := yaml.Unmarshal(data, &doc); failed != nil {
		return fmt.Errorf("not valid YAML, or cut off: %w", failed)
	}
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		return errors.New("got no mapping, want apiVersion, kind, items and functionConfig")
	}
	list := yaml.NewRNode(doc.Content[0])
	items := lookup(list, "items")
	if items != nil && items.YNode().Kind != yaml.SequenceNode {
		return errors.New("items is not a list")
	}
	for i, item := range elements(items) {
		if item.YNode().Kind != yaml.MappingNode {
			return fmt.Errorf("items[%d] is no resource: want a mapping", i)
		}
		for _, path := range [][]string{{"metadata"}, {"metadata", "annotations"}} {
			if n := lookup(item, path...); n != nil && n.YNode().Kind != yaml.MappingNode {
				return fmt.Errorf("items[%d].%s is no mapping", i, strings.Join(path, "."))
			}
		}
	}
	// The library shows what it stumbled over, which may be a secret.
	message, _, _ := strings.Cut(err.Error(), "node contents:")
	return errors.New(oneLine(message))
}

// describe is an item for a sentence, by what it has of a name.
func describe(n *yaml.RNode) string {
	i := idOf(n)
	switch {
	case i.kind == "" && i.name == "":
		return "a document without kind"
	case i.namespace != "":
		return i.kind + " " + i.namespace + "/" + i.name
	case i.name != "":
		return i.kind + " " + i.name
	}
	return i.kind
}

// unmeant finds the items with a number that no quantity can be: Kubernetes'
// libraries would compute it for hours.
func unmeant(items []*yaml.RNode) framework.Results {
	var huge func(n *yaml.Node) bool
	huge = func(n *yaml.Node) bool {
		return n.Kind == yaml.ScalarNode && v1alpha1.HugeExponent(n.Value) != "" || slices.ContainsFunc(n.Content, huge)
	}
	var results framework.Results
	for _, item := range items {
		if huge(item.YNode()) {
			results = append(results, itemResult(item, "", "has a number with an exponent that no quantity has, such as 1e1000000000: remove it"))
		}
	}
	return results
}

// isList reports whether an item is a List, or one of a kind: those have no name.
func isList(item *yaml.RNode) bool {
	return strings.HasSuffix(item.GetKind(), "List") && item.Field("items") != nil
}

// nameless finds the items that claim to be resources and have no name: what
// they are cannot be told, so that nothing could be put in their place.
func nameless(items []*yaml.RNode) framework.Results {
	var results framework.Results
	for _, item := range items {
		i := idOf(item)
		if i.kind == "" || i.name != "" || i.generated || i.isToolConfig() || isList(item) {
			continue // kpt sends kustomization.yaml too, which has no name
		}
		results = append(results, itemResult(item, "metadata.name",
			"missing: want the name of the "+i.kind))
	}
	return results
}
