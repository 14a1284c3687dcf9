package v1alpha1

import "reflect"

// clone is a copy that shares nothing with its original.
func clone[T any](value T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	copyInto(out, reflect.ValueOf(&value).Elem())
	return out.Interface().(T)
}

// copyInto fills to, which has its zero value.
func copyInto(to, from reflect.Value) {
	if from.IsZero() {
		return
	}
	switch from.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(from.Type().Elem()))
		copyInto(to.Elem(), from.Elem())
	case reflect.Interface:
		element := reflect.New(from.Elem().Type()).Elem()
		copyInto(element, from.Elem())
		to.Set(element)
	case reflect.Struct:
		to.Set(from) // fields that are not exported too
		for i := range from.NumField() {
			if to.Field(i).CanSet() {
				to.Field(i).SetZero()
				copyInto(to.Field(i), from.Field(i))
			}
		}
	case reflect.Slice:
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyInto(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		for entries := from.MapRange(); entries.Next(); {
			element := reflect.New(from.Type().Elem()).Elem()
			copyInto(element, entries.Value())
			to.SetMapIndex(entries.Key(), element)
		}
	default:
		to.Set(from)
	}
}
