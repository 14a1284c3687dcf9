package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// tree is a typed object as a JSON tree without what Kubernetes' types add to
// it: nulls, the status, and empty structs that nobody wrote.
func tree(typed any) (Object, error) {
	v, err := jsonTree(reflect.ValueOf(typed))
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", typed, err)
	}
	o, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("encoding %T: not an object", typed)
	}
	delete(o, "status")
	prune(o)
	return o, nil
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// jsonTree is what encoding/json makes of a value, decoded again. It goes from
// value to value, where encoding/json begins by looking at every type that a
// pod could have: a third of the time that a KRM function lives.
func jsonTree(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return jsonTree(v.Elem())
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10)), nil
	case reflect.Struct:
		if tree, ok := scalarOf(v); ok {
			return tree, nil
		}
		if v.Type().Implements(marshaler) || v.CanAddr() && v.Addr().Type().Implements(marshaler) {
			return encoded(v)
		}
		o := map[string]any{}
		return o, addFields(o, v)
	case reflect.Map:
		return jsonMap(v)
	case reflect.Slice:
		return jsonList(v)
	}
	return encoded(v)
}

// scalarOf is what a quantity, or a port by number or name, is in JSON: the two
// structs that are everywhere and no objects.
func scalarOf(v reflect.Value) (any, bool) {
	switch v.Type() {
	case reflect.TypeFor[resource.Quantity]():
		q := v.Interface().(resource.Quantity)
		return q.String(), true
	case reflect.TypeFor[intstr.IntOrString]():
		port := v.Interface().(intstr.IntOrString)
		if port.Type == intstr.String {
			return port.StrVal, true
		}
		return json.Number(strconv.Itoa(int(port.IntVal))), true
	}
	return nil, false
}

// addFields adds the fields of a struct, those of embedded structs among them.
func addFields(o map[string]any, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		value := v.Field(i)
		switch {
		case name == "-" || !f.IsExported():
			continue
		case f.Anonymous && name == "":
			if err := addFields(o, value); err != nil {
				return err
			}
			continue
		case strings.Contains(options, "omitempty") && empty(value), strings.Contains(options, "omitzero") && value.IsZero():
			continue
		}
		tree, err := jsonTree(value)
		if err != nil {
			return err
		}
		o[name] = tree
	}
	return nil
}

// empty is what encoding/json leaves out for omitempty: never a struct.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func jsonMap(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil
	}
	o := make(map[string]any, v.Len())
	for _, key := range v.MapKeys() {
		tree, err := jsonTree(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		o[key.String()] = tree
	}
	return o, nil
}

func jsonList(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return encoded(v)
	}
	list := make([]any, v.Len())
	for i := range list {
		tree, err := jsonTree(v.Index(i))
		if err != nil {
			return nil, err
		}
		list[i] = tree
	}
	return list, nil
}

// encoded asks encoding/json itself.
func encoded(v reflect.Value) (any, error) {
	if v.CanAddr() {
		v = v.Addr() // some types have their methods on the pointer
	}
	data, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a float64 would round large numbers
	var tree any
	err = d.Decode(&tree)
	return tree, err
}
