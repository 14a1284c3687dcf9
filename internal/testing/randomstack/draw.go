package randomstack

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// object is a mapping of a stack.
type object = map[string]any

// spelled is a scalar that stands in the stack as it is, without quotes, where
// YAML may take it for a number: 1.10 of an image's tag, 4 of a quantity.
type spelled string

// drawing is one run of Draw.
type drawing struct {
	*rand.Rand
	// density is how likely an optional field is written.
	density float64
	// rate is how likely an overlay changes a field.
	rate float64
	// of is the base or overlay that is being drawn: what must be unique in a
	// stack carries its name.
	of string
	// focus is the path of the field that is drawn wherever it can be, and changed
	// by overlays: few of them come up often by chance.
	focus string
	// substitutes says that hosts may have variables.
	substitutes bool
}

// leaves are the paths of the fields that have none below them.
var leaves = sync.OnceValue(func() []string {
	var all []string
	for _, root := range roots {
		paths(root.path, root.t, func(path string, _ bool) { all = append(all, path) })
	}
	return slices.DeleteFunc(slices.Clone(all), func(path string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return around(path, other) })
	})
})

// around reports whether a field is at the first path, or below it.
func around(path, field string) bool {
	rest, within := strings.CutPrefix(field, path)
	return within && rest != "" && strings.ContainsRune(".[{", rune(rest[0]))
}

// focused reports whether the field in focus is at a path, or below it.
func (d *drawing) focused(path string) bool { return path == d.focus || around(path, d.focus) }

// chance is true with the given probability.
func (d *drawing) chance(p float64) bool { return d.Float64() < p }

func pick[T any](d *drawing, from ...T) T { return from[d.IntN(len(from))] }

// value draws what a field of the given type holds.
func (d *drawing) value(path string, t reflect.Type) any {
	if rule := ruleOf(path); rule != nil {
		return rule(d)
	}
	t = elem(t)
	if values := allowed(t); values != nil {
		return pick(d, values...)
	}
	if draw := scalarRules[t]; draw != nil {
		return draw(d)
	}
	switch t.Kind() {
	case reflect.Bool:
		return d.chance(0.5)
	case reflect.Struct:
		return d.fields(path, t)
	case reflect.Slice:
		return d.list(path, t)
	case reflect.Map:
		if t != objectType {
			return d.entries(path, t)
		}
	}
	panic(fmt.Sprintf("randomstack: no rule for the values of %s, a %s: add one to rules.go", path, t))
}

// allowed are the values of a closed set of strings, nil for other types.
func allowed(t reflect.Type) []any {
	set, ok := reflect.Zero(t).Interface().(interface{ Values() []string })
	if !ok {
		return nil
	}
	var values []any
	for _, v := range set.Values() {
		values = append(values, v)
	}
	return values
}

// fields draws a struct: what it requires, and some of the rest; but not the
// fields that the caller fills in.
func (d *drawing) fields(path string, t reflect.Type, but ...string) object {
	o := object{}
	for _, f := range fieldsOf(t) {
		if !slices.Contains(but, f.name) && (f.required || d.chance(d.density) || d.focused(below(path, f.name)) && d.chance(0.9)) {
			o[f.name] = d.value(below(path, f.name), f.typ)
		}
	}
	return o
}

// few is how many elements a list or map has.
func (d *drawing) few() int {
	if d.chance(0.04) {
		return 0
	}
	return 1 + d.IntN(3)
}

// list draws a few elements, all different.
func (d *drawing) list(path string, t reflect.Type) []any {
	list := []any{}
	for range d.few() {
		list = d.appended(list, path, t)
	}
	return list
}

func (d *drawing) appended(list []any, path string, t reflect.Type) []any {
	v := d.value(path+"[]", t.Elem())
	for _, have := range list {
		if reflect.DeepEqual(have, v) {
			return list
		}
	}
	return append(list, v)
}

// entries draws a few entries of a map.
func (d *drawing) entries(path string, t reflect.Type) object {
	o := object{}
	for range d.few() {
		d.addEntry(o, path, t)
	}
	return o
}

func (d *drawing) addEntry(o object, path string, t reflect.Type) {
	key := d.value(path+"{key}", t.Key()).(string)
	o[key] = d.value(path+"{}", t.Elem())
}
