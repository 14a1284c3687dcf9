package document

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
)

// raw is n as encoding/json would have it, but with whole numbers as int64.
func (d *decoder) raw(n *Node) any {
	switch n.kind {
	case boolKind:
		return strings.EqualFold(n.text, "true")
	case intKind:
		i, ok := parseInt(n.text)
		if !ok {
			d.add(n, "quote it: "+strconv.Quote(clip(n.text)), "%s does not fit into 64 bits", clip(n.text))
		}
		return i
	case floatKind:
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		if err != nil { // .inf and .nan
			d.add(n, "quote it: "+strconv.Quote(clip(n.text)), "got %s, want a number that JSON has", clip(n.text))
		}
		return f
	case stringKind:
		return n.text
	case listKind:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.raw(item)
		}
		return list
	case mapKind:
		object := make(map[string]any, len(n.fields))
		for name, child := range n.fields {
			if child.kind != removedKind {
				object[name] = d.raw(child)
			}
		}
		return object
	}
	return nil
}

// written is n as JSON, where scalars that a type takes as spelled stay so.
func (d *decoder) written(n *Node, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, isText := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	switch {
	case n.kind <= removedKind:
		return nil
	case n.kind < listKind && (isText || t.Kind() == reflect.String):
		return n.text
	case n.kind == mapKind && t.Kind() == reflect.Struct:
		object := map[string]any{}
		for _, f := range d.fieldsOf(t) {
			if child := n.fields[f.name]; child != nil {
				object[f.name] = d.written(child, t.FieldByIndex(f.index).Type)
			}
		}
		return object
	case n.kind == mapKind && t.Kind() == reflect.Map && t.Elem().Kind() != reflect.Interface:
		object := map[string]any{}
		for name, child := range n.fields {
			object[name] = d.written(child, t.Elem())
		}
		return object
	case n.kind == listKind && t.Kind() == reflect.Slice:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.written(item, t.Elem())
		}
		return list
	}
	return d.raw(n)
}
