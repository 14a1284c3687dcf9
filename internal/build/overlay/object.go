package overlay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Object is a Kubernetes object as a JSON tree. Numbers may have any of Go's
// types: two objects are equal when their JSON is.
type Object = map[string]any

// id is what kustomize tells objects apart by.
type id struct{ apiVersion, kind, namespace, name string }

func idOf(o Object) id {
	metadata, _ := o["metadata"].(map[string]any)
	return id{text(o["apiVersion"]), text(o["kind"]), text(metadata["namespace"]), text(metadata["name"])}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func (i id) String() string {
	if i.namespace == "" {
		return fmt.Sprintf("%s %s (%s)", i.kind, i.name, i.apiVersion)
	}
	return fmt.Sprintf("%s %s/%s (%s)", i.kind, i.namespace, i.name, i.apiVersion)
}

// set is objects by id, in a list's order.
type set struct {
	ids  []id
	byID map[id]Object
}

// index copies objects into a set, their numbers as json.Number, so that trees
// from different decoders compare.
func index(objects []Object) (set, error) {
	s := set{byID: make(map[id]Object, len(objects))}
	var buf bytes.Buffer
	if err := json.NewEncoder(&buf).Encode(objects); err != nil {
		return s, fmt.Errorf("objects are not JSON: %w", err)
	}
	var copies []Object
	decoder := json.NewDecoder(&buf)
	decoder.UseNumber()
	if err := decoder.Decode(&copies); err != nil {
		return s, fmt.Errorf("objects are not JSON: %w", err)
	}
	for _, o := range copies {
		i := idOf(o)
		if _, taken := s.byID[i]; taken {
			return s, fmt.Errorf("%s occurs twice: give one of them another name or namespace", i)
		}
		s.ids = append(s.ids, i)
		s.byID[i] = o
	}
	return s, nil
}

// equal reports whether a and b are the same, lists whose order means nothing
// in any order.
func equal(a, b any, s schema) bool { return firstDifference("", a, b, s) == "" }

// firstDifference says where got leaves want, or "" if they are equal.
func firstDifference(path string, got, want any, s schema) string {
	if reflect.DeepEqual(got, want) {
		return ""
	}
	switch w := want.(type) {
	case map[string]any:
		g, isMap := got.(map[string]any)
		if !isMap {
			break
		}
		for _, key := range sortedKeys(g, w) {
			at := strings.TrimPrefix(path+"."+key, ".")
			gotValue, inGot := g[key]
			wantValue, inWant := w[key]
			switch {
			case !inGot:
				return fmt.Sprintf("%s is missing, want %s", at, brief(wantValue))
			case !inWant:
				return fmt.Sprintf("%s is %s, want nothing", at, brief(gotValue))
			}
			if found := firstDifference(at, gotValue, wantValue, s.field(key)); found != "" {
				return found
			}
		}
		return ""
	case []any:
		g, isList := got.([]any)
		if !isList || len(g) != len(w) {
			break
		}
		g = inOrderOf(w, g, s)
		for i := range w {
			if found := firstDifference(fmt.Sprintf("%s[%d]", path, i), g[i], w[i], s.elements()); found != "" {
				return found
			}
		}
		return ""
	}
	return fmt.Sprintf("%s is %s, want %s", path, brief(got), brief(want))
}

// brief is the JSON of v, cut to what fits in an error.
func brief(v any) string {
	const limit = 120
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(out) > limit {
		return string(out[:limit]) + "..."
	}
	return string(out)
}

// sortedKeys are the keys that occur in either map.
func sortedKeys(a, b map[string]any) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
