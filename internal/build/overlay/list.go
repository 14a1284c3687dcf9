package overlay

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mergeList returns what a patch must hold to turn one list into another. A
// list that kustomize does not merge stands there whole, a list that it merges
// by key as few elements as bring about want, in its order where that means
// something.
func mergeList(base, want []any, s schema) (any, bool) {
	keys, merged := s.merge()
	if !merged {
		return want, true
	}
	if len(keys) == 0 {
		// A merged list of scalars, such as finalizers, can only grow.
		return nil, false
	}
	whole := append([]any{map[string]any{directive: "replace"}}, want...)
	list, ok := newKeyedList(base, want, s)
	if !ok || len(want) == 0 {
		return whole, true
	}
	patch, ok := list.patch()
	if !ok || lines(patch) > lines(whole) {
		return whole, true
	}
	return patch, true
}

// keyedList is a change of a list whose elements kustomize tells apart by keys.
type keyedList struct {
	base, want []map[string]any
	keys       []string
	unordered  bool
	elements   schema
	// Where base and want hold the element of a key.
	baseAt, wantAt map[string]int
}

// newKeyedList reports false for lists that are not what their schema says: an
// element without one of the keys, or two with the same.
func newKeyedList(base, want []any, s schema) (keyedList, bool) {
	l := keyedList{elements: s.elements()}
	keys, merged := s.merge()
	var areMaps [2]bool
	l.base, areMaps[0] = mapsOf(base)
	l.want, areMaps[1] = mapsOf(want)
	if !merged || areMaps != [2]bool{true, true} {
		return l, false
	}
	for _, key := range keys {
		with := 0
		for _, element := range slices.Concat(l.base, l.want) {
			if value, found := element[key]; found && isScalar(value) {
				with++
			}
		}
		switch with {
		case len(base) + len(want):
			l.keys = append(l.keys, key)
		case 0: // to kustomize it is no key either
		default:
			return l, false
		}
	}
	l.unordered = s.isUnordered(l.want)
	l.baseAt, l.wantAt = l.positions(l.base), l.positions(l.want)
	return l, len(l.keys) > 0 && len(l.baseAt) == len(l.base) && len(l.wantAt) == len(l.want)
}

func mapsOf(list []any) ([]map[string]any, bool) {
	var elements []map[string]any
	for _, element := range list {
		m, ok := element.(map[string]any)
		if !ok {
			return nil, false
		}
		elements = append(elements, m)
	}
	return elements, true
}

func (l keyedList) positions(elements []map[string]any) map[string]int {
	at := map[string]int{}
	for i, element := range elements {
		at[l.key(element)] = i
	}
	return at
}

// key is the values of an element's keys.
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
func (l keyedList) patch() ([]any, bool) {
	changes := make([]map[string]any, len(l.want)) // nil where base has the same
	for i, element := range l.want {
		j, inBase := l.baseAt[l.key(element)]
		if inBase && equal(l.base[j], element, l.elements) {
			continue
		}
		changes[i] = element
		if inBase {
			fields, ok := mergeFields(l.base[j], element, l.elements)
			if !ok {
				return nil, false
			}
			maps.Copy(fields, l.entry(element))
			changes[i] = fields
		}
	}
	named := l.named(changes)
	if named < 0 {
		return nil, false
	}
	var patch []any
	for i, element := range l.want[:named] {
		switch {
		case changes[i] != nil:
			patch = append(patch, changes[i])
		case !l.unordered && len(l.keys) == 1: // only to keep the order
			patch = append(patch, l.entry(element))
		}
	}
	for _, element := range l.base {
		if _, wanted := l.wantAt[l.key(element)]; !wanted {
			entry := l.entry(element)
			entry[directive] = "delete"
			patch = append(patch, entry)
		}
	}
	return patch, true
}

// named returns how many elements of want, from the first, a patch names, or -1
// if kustomize cannot bring about their order.
//
// With one key the result is the patch's elements in the patch's order and then
// the rest of the base. With several keys it is the new elements and then the
// base, in the base's order whatever the patch's.
func (l keyedList) named(changes []map[string]any) int {
	if l.unordered {
		return len(l.want)
	}
	oneKey := len(l.keys) == 1
	start, next := len(l.want), len(l.base)
	for start > 0 {
		j, inBase := l.baseAt[l.key(l.want[start-1])]
		if !inBase || j >= next || oneKey && changes[start-1] != nil {
			break
		}
		start, next = start-1, j
	}
	if oneKey {
		return start
	}
	for _, element := range l.want[:start] {
		if _, inBase := l.baseAt[l.key(element)]; inBase {
			return -1
		}
	}
	return len(l.want)
}

// inOrderOf returns a list in the order of another one with the same keys, if
// order means nothing in it; else as it is.
func inOrderOf(want, list []any, s schema) []any {
	l, ok := newKeyedList(list, want, s)
	if !ok || !l.unordered {
		return list
	}
	var ordered []any
	for _, element := range l.want {
		i, found := l.baseAt[l.key(element)]
		if !found {
			return list
		}
		ordered = append(ordered, list[i])
	}
	return ordered
}
