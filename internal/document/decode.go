package document

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// Decode fills *into from n and reports everything that does not fit. Null
// fields are absent fields. What it knows besides Go's own types:
//
//   - A type with UnmarshalText takes any scalar as spelled: 1.10 stays 1.10.
//     If it is a struct with fields, it may be written as a mapping as well.
//   - A string type with Values() []string takes only those.
//   - map[string]any takes JSON of any form.
//
// Fields are named by their json tags; embedded structs are part of the outer
// one. An entry of a map or list needs a value, but in a merge patch, which is a
// map type with a method Patched. A field is never "" or 0 where that would pass
// for an absent one, and get a default that nobody asked for. Decode panics if it
// meets a Go type that no file can fill.
func Decode(n *Node, into any) problem.List {
	d := &decoder{}
	d.wishes, _ = into.(wishes)
	if n != nil {
		d.value(n, reflect.ValueOf(into).Elem())
	}
	return d.all()
}

type decoder struct {
	report
	wishes wishes
	patch  bool // within a merge patch
	trial  bool // of a value that would be offered
}

// wishes is the type of a document that knows more names than it has fields.
type wishes interface {
	// Wish is what to tell somebody who wrote a field of that name; "" if nothing.
	Wish(name string) (answer, field string)
}

type enum interface{ Values() []string }

// shorthand is a struct that knows what a person means who writes a single text
// in its place.
type shorthand interface {
	// Short is what to do, and the value to write, if that is known.
	Short(text string) (fix string, value any)
}

// mergePatch is a map that is a JSON merge patch of another type's values.
type mergePatch interface {
	// Patched is a pointer to an empty value of that type.
	Patched() any
}

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
	union := isText && v.Kind() == reflect.Struct && len(fieldsOf(v.Type())) > 0
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
		if p, ok := v.Interface().(mergePatch); ok {
			d.mergePatch(n, v, reflect.ValueOf(p.Patched()).Elem())
			return
		}
		d.mapping(n, v)
	case reflect.Slice:
		d.list(n, v)
	default:
		d.scalar(n, v)
	}
}

func (d *decoder) structure(n *Node, v reflect.Value) {
	known := fieldsOf(v.Type())
	if n.kind != mapKind {
		want := "a mapping of " + strings.Join(names(known), ", ")
		if _, union := v.Addr().Interface().(encoding.TextUnmarshaler); union {
			want = "a single value, or " + want
		}
		if n.kind != stringKind || n.text == "" {
			d.mismatch(n, want, "")
			return
		}
		if short, ok := v.Addr().Interface().(shorthand); ok {
			if _, secret := short.(secretPlace); secret { // not to be repeated in a log
				fix, _ := short.Short(n.text)
				d.add(n, fix, "got a text, want %s", want)
			} else if fix, value := short.Short(n.text); value == nil {
				d.mismatch(n, want, fix)
			} else {
				d.instead(n, v, want, value, fix)
			}
			return
		}
		main := mainField(known)
		if main == "" {
			d.mismatch(n, want, "")
			return
		}
		d.instead(n, v, want, map[string]any{main: n.text}, "write {"+main+": "+strconv.Quote(problem.Clip(n.text))+"}")
		return
	}
	met := 0
	for _, f := range known {
		child := n.fields[f.name]
		if child == nil {
			continue
		}
		met++
		into := v.FieldByIndex(f.index)
		if n.built && child.zero() && into.Kind() != reflect.Pointer {
			continue // a field that a Go program left out
		}
		d.value(child, into)
		d.absent(child, f, into.Type())
	}
	if met == len(n.fields) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(n.fields)) {
		if slices.ContainsFunc(known, func(f field) bool { return f.name == name }) {
			continue
		}
		d.unknown(n, name, v.Type(), known)
	}
}

// unknown reports a field that a struct has not. What it was meant for, if that
// is known, counts as written: nobody is told that it is missing.
func (d *decoder) unknown(n *Node, name string, t reflect.Type, known []field) {
	at, fix := n.fields[name].keyNode(), ""
	free := slices.DeleteFunc(names(known), func(other string) bool { // that are not written beside it
		return n.fields[other] != nil && n.fields[other].parent == n.fields[name].parent
	})
	var meant []string // paths from n
	members := belongs(name, t, known)
	near, misspelt, beside := spelling.Nearest(name, free), spelling.Misspelt(name, free), spelling.Misspelt(name, names(known))
	wish, serves := d.wish(name)
	if wish != "" && misspelt != "" && elsewhere(name, misspelt) {
		misspelt = ""
	}
	here := serves == n.key || strings.HasSuffix(serves, "."+n.key) // what serves the wish is this very struct
	switch {
	case wish != "" && !here && misspelt == "":
		fix, meant = wish, []string{serves}
	case members != nil:
		fix = "move it into " + strings.Join(members, " or ")
		for _, m := range members {
			meant = append(meant, m+"."+name)
		}
	case misspelt == "" && beside != "":
		fix = fmt.Sprintf("%q is there too: keep one of them", beside)
	case misspelt == "" && wish != "":
		fix = wish
	case near != "":
		fix, meant = fmt.Sprintf("did you mean %q?", near), []string{near}
	default:
		d.add(at, problem.Remove, "unknown field %q: known fields: %s", problem.Clip(name), strings.Join(names(known), ", "))
		return
	}
	d.add(at, fix, "unknown field %q", problem.Clip(name))
	if last := len(d.problems) - 1; d.more == 0 {
		for _, m := range meant {
			d.problems[last].Meant = append(d.problems[last].Meant, n.Path(m))
		}
	}
}

// elsewhere reports whether a name that is a wish's own is hardly a misspelt field:
// modelfiles is no modelSizes.
func elsewhere(name, field string) bool {
	name, field = strings.ToLower(name), strings.ToLower(field)
	return spelling.Distance(name, field) > 1 && !strings.Contains(field, name)
}

func (d *decoder) wish(name string) (answer, field string) {
	if d.wishes == nil {
		return "", ""
	}
	return d.wishes.Wish(name)
}

// belongs are the members of a struct that have a field which it has not itself.
func belongs(name string, t reflect.Type, known []field) []string {
	var members []string
	for _, f := range known {
		inner := t.FieldByIndex(f.index).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && slices.Contains(names(fieldsOf(inner)), name) {
			members = append(members, f.name)
		}
	}
	return members
}

// absent refuses a value that would pass for an absent field.
func (d *decoder) absent(n *Node, f field, t reflect.Type) {
	switch {
	case n.kind == stringKind && n.text == "" && t == reflect.TypeFor[string]():
		d.add(n, "write a value, or remove the field", `got "", want a value`)
	case n.kind == intKind && n.text == "0" && t.Kind() == reflect.Int && f.optional:
		d.add(n, "write a number above 0, or remove the field", "got 0, want a value")
	}
}

// mergePatch checks a merge patch against the type that it is for, and keeps it
// as it was written.
func (d *decoder) mergePatch(n *Node, v, patched reflect.Value) {
	outer := d.patch
	d.patch = true
	d.value(n, patched)
	d.patch = outer
	if n.kind == mapKind {
		v.Set(reflect.ValueOf(d.raw(n, patched.Type())).Convert(v.Type()))
	}
}

func (d *decoder) mapping(n *Node, v reflect.Value) {
	if n.kind != mapKind {
		fix := n.named()
		if _, scalar := reflect.New(v.Type().Elem()).Interface().(encoding.TextUnmarshaler); !scalar && v.Type().Elem().Kind() == reflect.Struct {
			fix = `write "name: {…}" lines`
		}
		d.mismatch(n, "a mapping", fix)
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
			if value := d.raw(child, v.Type().Elem()); value != nil {
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

// named is the fix for a list where a mapping is wanted: the mapping that the
// list of names and values stands for, as Kubernetes has it in env. It is not
// taken as it is: a merge patch replaces a list as a whole, and an overlay could
// not set one variable of its base.
func (n *Node) named() string {
	var entries []string
	for _, item := range n.items {
		name, value, from := item.Field("name"), item.Field("value"), item.Field("valueFrom").Field("secretKeyRef")
		switch {
		case name == nil || name.kind >= listKind:
			return `write "name: value" lines`
		case from != nil:
			entries = append(entries, fmt.Sprintf("%s: {secretKeyRef: {name: %s, key: %s}}", name.text, from.Field("name").Text(), from.Field("key").Text()))
		case value != nil && value.kind < listKind:
			entries = append(entries, name.text+": "+strconv.Quote(value.text))
		default:
			entries = append(entries, name.text+`: ""`)
		}
	}
	if entries == nil {
		return `write "name: value" lines`
	}
	return "write {" + problem.Clip(strings.Join(entries, ", ")) + "}"
}

func (d *decoder) list(n *Node, v reflect.Value) {
	switch n.kind {
	case listKind:
	case mapKind:
		d.mismatch(n, "a list", `start each item with "- "`)
		return
	default:
		if n.cell {
			d.mismatch(n, "a list", "a cell holds one value: write the items in YAML, in forEach.items")
			return
		}
		if v.Type().Elem().Kind() == reflect.Struct {
			d.mismatch(n, "a list", `start each item with "- "`)
			return
		}
		d.instead(n, v, "a list", []any{n.text}, "write ["+strconv.Quote(problem.Clip(n.text))+"]")
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
	optional bool // tagged omitzero
	text     bool // of a string type
}

var knownFields sync.Map // of every struct type met so far

func fieldsOf(t reflect.Type) []field {
	if known, met := knownFields.Load(t); met {
		return known.([]field)
	}
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "" && name != "-" {
			fields = append(fields, field{
				name: name, index: f.Index,
				optional: options != "",
				text:     f.Type.Kind() == reflect.String,
			})
		}
	}
	knownFields.Store(t, fields)
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
