package document

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// raw is n as encoding/json would have it, but with whole numbers as int64. What
// a value of type t takes as spelled stays so: a merge patch is kept as it was
// written.
func (d *decoder) raw(n *Node, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, spelled := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	if n.kind > removedKind && n.kind < listKind && (spelled || t.Kind() == reflect.String) {
		return n.text
	}
	switch n.kind {
	case boolKind:
		return strings.EqualFold(n.text, "true")
	case intKind:
		i, ok := parseInt(n.text)
		if !ok {
			d.add(n, "quote it: "+strconv.Quote(problem.Clip(n.text)), "%s does not fit into 64 bits", problem.Clip(n.text))
		}
		return i
	case floatKind:
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		if err != nil { // .inf and .nan
			d.add(n, "quote it: "+strconv.Quote(problem.Clip(n.text)), "got %s, want a number that JSON has", problem.Clip(n.text))
		}
		return f
	case stringKind:
		return n.text
	case listKind:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.raw(item, inner(t, ""))
		}
		return list
	case mapKind:
		object := make(map[string]any, len(n.fields))
		for name, child := range n.fields {
			if child.kind != removedKind {
				object[name] = d.raw(child, inner(t, name))
			}
		}
		return object
	}
	return nil
}

// inner is the type of the elements of t, or of its field with that name; any
// where t has none.
func inner(t reflect.Type, name string) reflect.Type {
	switch t.Kind() {
	case reflect.Map, reflect.Slice:
		return t.Elem()
	case reflect.Struct:
		for _, f := range fieldsOf(t) {
			if f.name == name {
				return t.FieldByIndex(f.index).Type
			}
		}
	}
	return reflect.TypeFor[any]()
}
