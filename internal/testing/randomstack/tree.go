package randomstack

// child is the mapping in a field, nil if there is none.
func child(o object, name string) object {
	c, _ := o[name].(object)
	return c
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func isEmpty(v any) bool { return len(list(v)) == 0 }

// isBlank reports whether a text is not there, or empty.
func isBlank(v any) bool { return v == nil || v == "" }

func remove(o object, names ...string) {
	for _, name := range names {
		delete(o, name)
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for key, value := range v {
			out[key] = clone(value)
		}
		return out
	case []any:
		out := []any{}
		for _, value := range v {
			out = append(out, clone(value))
		}
		return out
	}
	return v
}
