package overlay

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// jsonPatch returns the JSON 6902 patch that turns base into want: exact where
// strategic merge is not, but made of paths and positions. Lists that change
// their length stand in it whole.
func jsonPatch(i id, base, want Object, ordered bool) (v1alpha1.Patch, error) {
	operations := &yaml.Node{Kind: yaml.SequenceNode}
	addOperations(operations, "", base, want, schemaOf(i, ordered))
	text, err := patchText(operations)
	group, version := resid.ParseGroupVersion(i.apiVersion)
	// Kustomize reads each field as a regular expression, so that the name a.b
	// would also select axb.
	return v1alpha1.Patch{Patch: text, Target: &v1alpha1.PatchTarget{
		Group:     regexp.QuoteMeta(group),
		Version:   version,
		Kind:      i.kind,
		Name:      regexp.QuoteMeta(i.name),
		Namespace: i.namespace,
	}}, err
}

func addOperations(patch *yaml.Node, path string, base, want any, s schema) {
	if equal(base, want, s) {
		return
	}
	switch b := base.(type) {
	case map[string]any:
		w, ok := want.(map[string]any)
		if !ok {
			break
		}
		for _, key := range sortedKeys(b, w) {
			at := path + "/" + pointerEscaper.Replace(key)
			baseValue, inBase := b[key]
			wantValue, inWant := w[key]
			switch {
			case !inWant:
				patch.Content = append(patch.Content, operation("remove", at))
			case !inBase:
				patch.Content = append(patch.Content, operation("add", at, wantValue))
			default:
				addOperations(patch, at, baseValue, wantValue, s.field(key))
			}
		}
		return
	case []any:
		w, ok := want.([]any)
		if !ok || !sameNames(b, w) {
			break
		}
		for i := range w {
			addOperations(patch, fmt.Sprintf("%s/%d", path, i), b[i], w[i], s.elements())
		}
		return
	}
	patch.Content = append(patch.Content, operation("replace", path, want))
}

// sameNames reports whether two lists hold objects of the same names in the
// same order, so that a position in one means the same in the other.
func sameNames(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, _ := a[i].(map[string]any)
		y, _ := b[i].(map[string]any)
		if text(x["name"]) == "" || text(x["name"]) != text(y["name"]) {
			return false
		}
	}
	return true
}

func operation(op, path string, value ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, node("op"), node(op), node("path"), node(path))
	for _, v := range value {
		n.Content = append(n.Content, node("value"), node(v))
	}
	return n
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")
