package document

import (
	"encoding"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// Decoder fills Go values from Nodes. It remembers the fields of every type that
// it met: let one fill all values of a document. The zero Decoder is ready.
type Decoder struct{ types map[reflect.Type][]field }

// Decode fills *into from n and reports everything that does not fit. Null
// fields are absent fields. What it knows besides Go's own types:
//
//   - A type with UnmarshalText takes any scalar as spelled: 1.10 stays 1.10.
//     If it is a struct with fields, it may be written as a mapping as well.
//   - A string type with Values() []string takes only those.
//   - map[string]any takes JSON of any form.
//
// Fields are named by their json tags; embedded structs are part of the outer
// one. A field tagged strict:"patch" holds merge patches, whose maps may have
// nulls; elsewhere an entry of a map or list needs a value. A plain string field
// is never "", which is for entries of maps and lists. Decode panics if it meets
// a Go type that no file can fill.
func (d *Decoder) Decode(n *Node, into any) problem.List {
	if d.types == nil {
		d.types = map[reflect.Type][]field{}
	}
	one := &decoder{types: d.types}
	if n != nil {
		one.value(n, reflect.ValueOf(into).Elem())
	}
	return one.problems.Sorted()
}

// Decode fills one value with a Decoder of its own.
func Decode(n *Node, into any) problem.List { return new(Decoder).Decode(n, into) }

type decoder struct {
	report
	types map[reflect.Type][]field
	patch bool // within a field tagged strict:"patch"
}

type enum interface{ Values() []string }

func (d *decoder) value(n *Node, v reflect.Value) {
	if n.kind <= removedKind {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
		return
	}
	u, isText := v.Addr().Interface().(encoding.TextUnmarshaler)
	union := isText && v.Kind() == reflect.Struct && len(d.fieldsOf(v.Type())) > 0
	if isText && (!union || n.kind < listKind) {
		d.text(n, u)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if e, ok := v.Interface().(enum); ok {
			d.enum(n, e.Values(), v)
			return
		}
		d.scalar(n, v)
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.Slice:
		d.list(n, v)
	default:
		d.scalar(n, v)
	}
}

func (d *decoder) structure(n *Node, v reflect.Value) {
	known := d.fieldsOf(v.Type())
	if n.kind != mapKind {
		want := "a mapping of " + strings.Join(names(known), ", ")
		if _, union := v.Addr().Interface().(encoding.TextUnmarshaler); union {
			want = "a single value, or " + want
		}
		fix := ""
		if main := mainField(known); main != "" && n.kind == stringKind && n.text != "" {
			fix = "write {" + main + ": " + strconv.Quote(clip(n.text)) + "}"
		}
		d.mismatch(n, want, fix)
		return
	}
	met := 0
	for _, f := range known {
		child := n.fields[f.name]
		if child == nil {
			continue
		}
		met++
		outer := d.patch
		d.patch = outer || f.patch
		d.value(child, v.FieldByIndex(f.index))
		d.patch = outer
		if child.kind == stringKind && child.text == "" && v.FieldByIndex(f.index).Type() == reflect.TypeFor[string]() {
			// It would pass for an absent field, and get a default that nobody asked for.
			d.add(child, "write a value, or remove the field", `got "", want a value`)
		}
	}
	if met == len(n.fields) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(n.fields)) {
		if slices.ContainsFunc(known, func(f field) bool { return f.name == name }) {
			continue
		}
		d.add(n.fields[name].keyNode(), didYouMean(name, names(known), "remove it"),
			"unknown field %q: known fields: %s", clip(name), strings.Join(names(known), ", "))
	}
}

func (d *decoder) mapping(n *Node, v reflect.Value) {
	if n.kind != mapKind {
		d.mismatch(n, "a mapping", `write "name: value" lines`)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	raw := v.Type().Elem().Kind() == reflect.Interface
	for _, name := range slices.Sorted(maps.Keys(n.fields)) {
		child := n.fields[name]
		if child.kind == removedKind || child.kind == nullKind && d.patch {
			continue
		}
		key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		d.value(child.keyNode(), key)
		switch {
		case raw:
			if value := d.raw(child); value != nil {
				element.Set(reflect.ValueOf(value))
			}
		case child.kind == nullKind:
			d.null(child)
		default:
			d.value(child, element)
		}
		v.SetMapIndex(key, element)
	}
}

func (d *decoder) list(n *Node, v reflect.Value) {
	switch n.kind {
	case listKind:
	case mapKind:
		d.mismatch(n, "a list", `start each item with "- "`)
		return
	default:
		fix := "write [" + strconv.Quote(clip(n.text)) + "]"
		if v.Type().Elem().Kind() == reflect.Struct {
			fix = `start each item with "- "`
		}
		d.mismatch(n, "a list", fix)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		if item.kind <= removedKind {
			d.null(item)
			continue
		}
		d.value(item, v.Index(i))
	}
}

// null reports an entry that is there and has no value: in a struct a null
// means the default, but an entry of a list or map has none.
func (d *decoder) null(n *Node) {
	d.add(n, `write a value ("" is an empty string), or remove the entry`, "got null, want a value")
}

// keyNode is the name in front of n as a value of its own.
func (n *Node) keyNode() *Node {
	return &Node{
		file: n.file, parent: n.parent, key: n.key,
		line: n.keyLine, column: n.keyColumn,
		kind: stringKind, text: n.key,
	}
}

// field is a struct's field, or one of a struct embedded in it.
type field struct {
	name     string
	index    []int
	patch    bool
	optional bool // tagged omitempty
	text     bool // of a string type
}

func (d *decoder) fieldsOf(t reflect.Type) []field {
	if known, met := d.types[t]; met {
		return known
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for _, inner := range d.fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
		case f.IsExported() && name != "" && name != "-":
			fields = append(fields, field{
				name: name, index: f.Index,
				patch:    f.Tag.Get("strict") == "patch",
				optional: options == "omitempty",
				text:     f.Type.Kind() == reflect.String,
			})
		}
	}
	d.types[t] = fields
	return fields
}

// mainField is the one that a person means who writes a single value in place
// of the mapping: the first that must be there, or the only one.
func mainField(fields []field) string {
	if len(fields) == 1 && fields[0].text {
		return fields[0].name
	}
	for _, f := range fields {
		if !f.optional && f.text {
			return f.name
		}
	}
	return ""
}

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}
