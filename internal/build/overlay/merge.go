package overlay

import (
	"maps"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// directive is the field by which a strategic merge patch says delete or
// replace instead of merge.
const directive = "$patch"

// mergePatch returns the strategic merge patch that turns base into want, or
// deletes base if want is nil. Where no such patch exists, because fields at
// the top of the object change their type, it is a JSON 6902 patch.
//
// apimachinery's own CreateTwoWayMergePatch is of no use here: it knows more
// directives than kustomize, which copies those it does not know into the
// object.
func mergePatch(i id, base, want Object, ordered bool) (v1alpha1.Patch, error) {
	patch := Object{directive: "delete"}
	if want != nil {
		var ok bool
		if patch, ok = mergeFields(base, want, schemaOf(i, ordered)); !ok {
			return jsonPatch(i, base, want, ordered)
		}
	}
	text, err := patchText(node(identified(i, patch)))
	return v1alpha1.Patch{Patch: text}, err
}

// identified adds to a patch what kustomize finds its object by. Without the
// namespace it would look in "default".
func identified(i id, patch Object) Object {
	metadata, ok := patch["metadata"].(map[string]any)
	if !ok {
		metadata = map[string]any{}
		patch["metadata"] = metadata
	}
	metadata["name"] = i.name
	if i.namespace != "" {
		metadata["namespace"] = i.namespace
	}
	patch["apiVersion"] = i.apiVersion
	patch["kind"] = i.kind
	return patch
}

// mergeFields returns the patch that turns one map into another. It reports
// false if some field cannot be patched, so that the map must be replaced.
func mergeFields(base, want map[string]any, s schema) (map[string]any, bool) {
	patch := map[string]any{}
	for _, key := range sortedKeys(base, want) {
		b, inBase := base[key]
		w, inWant := want[key]
		switch {
		case !inWant:
			patch[key] = nil
		case !inBase:
			patch[key] = w
		case !equal(b, w, s.field(key)):
			value, ok := mergeValue(b, w, s.field(key))
			if !ok {
				return nil, false
			}
			patch[key] = value
		}
	}
	return patch, true
}

// mergeValue returns what a patch must hold to turn one value into another, or
// false if only replacing the map around it can.
func mergeValue(base, want any, s schema) (any, bool) {
	switch base := base.(type) {
	case map[string]any:
		want, ok := want.(map[string]any)
		if !ok {
			return nil, false
		}
		patch, ok := mergeFields(base, want, s)
		if !ok {
			return replaceMap(want), true
		}
		return patch, true
	case []any:
		want, ok := want.([]any)
		if !ok {
			return nil, false
		}
		return mergeList(base, want, s)
	case string:
		// kyaml keeps the style of the scalar it overwrites: a quoted "8080"
		// that becomes 8080 would stay a string, and a plain scalar or a block
		// cannot start with a tab.
		want, ok := want.(string)
		return want, ok && !strings.HasPrefix(want, "\t")
	default:
		return want, isScalar(want)
	}
}

// replaceMap says that want takes the place of a map instead of being merged
// into it. At the top of an object and on an element of a keyed list kustomize
// ignores that without a word, so mergePatch never asks for it there.
func replaceMap(want map[string]any) map[string]any {
	patch := maps.Clone(want)
	patch[directive] = "replace"
	return patch
}

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}
