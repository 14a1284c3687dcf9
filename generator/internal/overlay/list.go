package overlay

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// mergeList returns what a patch must hold to turn one list into another. A
// list that kustomize does not merge stands there whole, a list that it merges
// by key as few elements as bring about want in its order.
func mergeList(base, want []any, schema *openapi.ResourceSchema) (any, bool) {
	if schema == nil {
		return want, true
	}
	strategy, keys := schema.PatchStrategyAndKeyList()
	if !slices.Contains(strings.Split(strategy, ","), "merge") {
		return want, true
	}
	if len(keys) == 0 {
		// A merged list of scalars, such as finalizers, can only grow.
		return nil, false
	}
	whole := append([]any{map[string]any{directive: "replace"}}, want...)
	list, ok := newKeyedList(base, want, keys)
	if !ok || len(want) == 0 {
		return whole, true
	}
	patch, ok := list.patch(schema.Elements())
	if !ok || lines(patch) > lines(whole) {
		return whole, true
	}
	return patch, true
}

// keyedList is a change of a list whose elements kustomize tells apart by keys.
type keyedList struct {
	base, want []map[string]any
	keys       []string
	// at is where base holds the element of a key.
	at map[string]int
}

// newKeyedList reports false for lists that are not what their schema says: an
// element without one of the keys, or two with the same.
func newKeyedList(base, want []any, keys []string) (keyedList, bool) {
	l := keyedList{at: map[string]int{}}
	for _, side := range []struct {
		from []any
		to   *[]map[string]any
	}{{base, &l.base}, {want, &l.want}} {
		for _, element := range side.from {
			m, ok := element.(map[string]any)
			if !ok {
				return l, false
			}
			*side.to = append(*side.to, m)
		}
	}
	// A key that no element has, such as a port's protocol, is no key to
	// kustomize either.
	for _, key := range keys {
		with := 0
		for _, element := range slices.Concat(l.base, l.want) {
			if value, found := element[key]; found && isScalar(value) {
				with++
			}
		}
		if with == len(base)+len(want) {
			l.keys = append(l.keys, key)
		} else if with > 0 {
			return l, false
		}
	}
	if len(l.keys) == 0 {
		return l, false
	}
	for i, element := range l.base {
		l.at[l.key(element)] = i
	}
	wanted := map[string]bool{}
	for _, element := range l.want {
		wanted[l.key(element)] = true
	}
	return l, len(l.at) == len(l.base) && len(wanted) == len(l.want)
}

// key is an element's place in at.
func (l keyedList) key(element map[string]any) string {
	var values []string
	for _, key := range l.keys {
		values = append(values, fmt.Sprint(element[key]))
	}
	return strings.Join(values, "\x00")
}

// entry is the part of an element by which a patch refers to it.
func (l keyedList) entry(element map[string]any) map[string]any {
	entry := map[string]any{}
	for _, key := range l.keys {
		entry[key] = element[key]
	}
	return entry
}

// patch returns the elements of the patch, or false if only replacing the list
// gives want.
func (l keyedList) patch(schema *openapi.ResourceSchema) ([]any, bool) {
	changes := make([]map[string]any, len(l.want)) // nil where base has the same
	for i, element := range l.want {
		j, inBase := l.at[l.key(element)]
		if inBase && reflect.DeepEqual(l.base[j], element) {
			continue
		}
		changes[i] = element
		if inBase {
			fields, ok := mergeFields(l.base[j], element, schema)
			if !ok {
				return nil, false
			}
			for key, value := range l.entry(element) {
				fields[key] = value
			}
			changes[i] = fields
		}
	}
	listed := l.listed(changes)
	if listed < 0 {
		return nil, false
	}
	var patch []any
	for i, element := range l.want[:listed] {
		switch {
		case changes[i] != nil:
			patch = append(patch, changes[i])
		case len(l.keys) == 1:
			patch = append(patch, l.entry(element))
		}
	}
	wanted := map[string]bool{}
	for _, element := range l.want {
		wanted[l.key(element)] = true
	}
	for _, element := range l.base {
		if !wanted[l.key(element)] {
			entry := l.entry(element)
			entry[directive] = "delete"
			patch = append(patch, entry)
		}
	}
	return patch, true
}

// listed returns how many elements of want a patch must go through, or -1 if
// kustomize cannot bring about their order.
//
// With one key the result is the patch's elements in the patch's order and then
// the rest of the base. With several keys it is the new elements and then the
// base, in the base's order whatever the patch's.
func (l keyedList) listed(changes []map[string]any) int {
	oneKey := len(l.keys) == 1
	start, next := len(l.want), len(l.base)
	for start > 0 {
		j, inBase := l.at[l.key(l.want[start-1])]
		if !inBase || j >= next || oneKey && changes[start-1] != nil {
			break
		}
		start, next = start-1, j
	}
	if oneKey {
		return start
	}
	for _, element := range l.want[:start] {
		if _, inBase := l.at[l.key(element)]; inBase {
			return -1
		}
	}
	return len(l.want)
}
