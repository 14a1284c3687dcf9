package randomstack

import (
	"maps"
	"reflect"
	"slices"
)

// changedFields is a copy of a struct in which some fields have gone, come or
// changed.
func (d *drawing) changedFields(path string, t reflect.Type, o object) object {
	out := object{}
	for _, f := range fieldsOf(t) {
		at := below(path, f.name)
		v, has := o[f.name]
		switch {
		case at == "base.ollama.name":
			if has {
				out[f.name] = v
			}
		case has && !f.required && at != "base.namespace" && (d.chance(d.rate/4) || d.focused(at) && d.chance(0.3)): // back to the default
		case has:
			out[f.name] = d.changed(at, f.typ, v)
		case d.chance(d.rate*d.density/2) || d.focused(at) && d.chance(0.3):
			out[f.name] = d.value(at, f.typ)
		}
	}
	return out
}

// changed is a value of the same type, often the same.
func (d *drawing) changed(path string, t reflect.Type, v any) any {
	t = elem(t)
	switch o, isObject := v.(object); {
	case path == "base.name", path == "base.namespace":
		return v
	case isObject && isStruct(t):
		return d.changedFields(path, t, o)
	case !d.chance(d.rate) && !d.focused(path):
		return v
	case isObject && t.Kind() == reflect.Map && t != objectType:
		return d.changedEntries(path, t, o)
	case t.Kind() == reflect.Slice && ruleOf(path) == nil:
		return d.changedList(path, t, v.([]any))
	default:
		return d.value(path, t)
	}
}

func (d *drawing) changedEntries(path string, t reflect.Type, o object) object {
	out := object{}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		switch at := d.Float64(); {
		case at < 0.3:
		case at < 0.5:
			out[key] = d.value(path+"{}", t.Elem())
		default:
			out[key] = o[key]
			if entry, isObject := o[key].(object); isObject && isStruct(t.Elem()) && ruleOf(path+"{}") == nil {
				out[key] = d.changedFields(path+"{}", t.Elem(), entry)
			}
		}
	}
	if d.chance(0.5) {
		d.addEntry(out, path, t)
	}
	return out
}

func (d *drawing) changedList(path string, t reflect.Type, list []any) []any {
	out := slices.Clone(list)
	switch d.IntN(4) {
	case 0:
		return d.list(path, t)
	case 1:
		return d.appended(out, path, t)
	case 2:
		d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	default:
		if len(out) > 1 {
			out = slices.Delete(out, 0, 1)
		}
	}
	return out
}

// difference is a JSON merge patch that turns one object into another. Here and
// there it repeats what the base says, and it keeps the nulls of the wanted one.
func (d *drawing) difference(from, to object) object {
	patch := object{}
	for _, key := range slices.Sorted(maps.Keys(from)) {
		if _, wanted := to[key]; !wanted {
			patch[key] = nil
		}
	}
	for _, key := range slices.Sorted(maps.Keys(to)) {
		v, wasObject := from[key].(object)
		w, isObject := to[key].(object)
		switch {
		case to[key] != nil && reflect.DeepEqual(from[key], to[key]) && !d.chance(0.05): // left out
		case wasObject && isObject:
			if p := d.difference(v, w); changes(v, p) {
				patch[key] = p
			}
		default:
			patch[key] = to[key]
		}
	}
	return patch
}

// changes reports whether a patch does more than null what is not there: a
// patch of that alone says nothing.
func changes(from, patch object) bool {
	for key, v := range patch {
		if _, had := from[key]; had || v != nil {
			return true
		}
	}
	return false
}

// noisy is a copy with a null here and there for fields that are not there.
func (d *drawing) noisy(t reflect.Type, v any) any {
	t = elem(t)
	switch v := v.(type) {
	case object:
		out := maps.Clone(v)
		if isStruct(t) {
			for _, f := range fieldsOf(t) {
				if w, has := v[f.name]; has {
					out[f.name] = d.noisy(f.typ, w)
				} else if !f.required && d.chance(0.15) {
					out[f.name] = nil
				}
			}
		} else if t.Kind() == reflect.Map && t != objectType {
			for _, key := range slices.Sorted(maps.Keys(v)) {
				out[key] = d.noisy(t.Elem(), v[key])
			}
		}
		return out
	case []any:
		if t.Kind() != reflect.Slice {
			return v
		}
		out := slices.Clone(v)
		for i := range out {
			out[i] = d.noisy(t.Elem(), out[i])
		}
		return out
	}
	return v
}
