package diff

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
)

// fieldsOf are the fields that differ between two forms of an object, by path. A
// null is a field that is not there, as the API server has it.
func fieldsOf(old, new objects.Object) []Field {
	var all []Field
	walk("", old, new, &all)
	return all
}

func walk(path string, old, new any, all *[]Field) {
	if reflect.DeepEqual(old, new) {
		return
	}
	before, wasMap := old.(map[string]any)
	after, isMap := new.(map[string]any)
	if wasMap && isMap {
		keys := maps.Clone(before)
		maps.Copy(keys, after)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			walk(below(path, key), before[key], after[key], all)
		}
		return
	}
	a, wasList := old.([]any)
	b, isList := new.([]any)
	if wasList && isList && (elements(path, a, b, all) || pairs(path, a, b, all)) {
		return
	}
	*all = append(*all, Field{path, old, new})
}

// below is the path of a field; a key that is no plain name stands in brackets.
func below(path, key string) string {
	if strings.ContainsAny(key, "./[] ") {
		return path + "[" + key + "]"
	}
	return strings.TrimPrefix(path+"."+key, ".")
}

// elements compares lists whose elements have names, by these; false for others.
func elements(path string, old, new []any, all *[]Field) bool {
	before, names, ok := named(old)
	after, newNames, ok2 := named(new)
	if !ok || !ok2 {
		return false
	}
	keys := maps.Clone(before)
	maps.Copy(keys, after)
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		var a, b any // nil, not a nil map, where there is none
		if before[name] != nil {
			a = before[name]
		}
		if after[name] != nil {
			b = after[name]
		}
		walk(path+"["+name+"]", a, b, all)
	}
	gone := func(in map[string]map[string]any) func(any) bool {
		return func(name any) bool { return in[name.(string)] == nil }
	}
	names, newNames = slices.DeleteFunc(names, gone(after)), slices.DeleteFunc(newNames, gone(before))
	if !slices.Equal(names, newNames) {
		*all = append(*all, Field{path + " (order)", names, newNames})
	}
	return true
}

// pairs compares lists of as many objects by their places; false for others.
func pairs(path string, old, new []any, all *[]Field) bool {
	isObject := func(v any) bool { _, is := v.(map[string]any); return is }
	for _, v := range slices.Concat(old, new) {
		if !isObject(v) || len(old) != len(new) {
			return false
		}
	}
	for i := range old {
		walk(fmt.Sprintf("%s[%d]", path, i), old[i], new[i], all)
	}
	return len(old) == len(new)
}

// named is a list's elements by their names, and the names in order; not ok where
// an element has none, or another's.
func named(list []any) (all map[string]map[string]any, names []any, ok bool) {
	all = map[string]map[string]any{}
	for _, element := range list {
		object, isMap := element.(map[string]any)
		name, _ := object["name"].(string)
		if path, mounted := object["mountPath"].(string); mounted {
			name = path // a volume may be mounted twice
		}
		if !isMap || name == "" || all[name] != nil {
			return nil, nil, false
		}
		all[name] = object
		names = append(names, name)
	}
	return all, names, true
}
