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

// trees are typed objects as JSON trees without what Kubernetes' types add to
// them: nulls, the status, and empty structs that nobody wrote.
func trees(typed []any) ([]Object, error) {
	e := encoder{types: map[reflect.Type]structType{}}
	objects := make([]Object, 0, len(typed))
	for _, t := range typed {
		v, err := e.tree(reflect.ValueOf(t))
		if err != nil {
			return nil, fmt.Errorf("encoding %T: %w", t, err)
		}
		o, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("encoding %T: not an object", t)
		}
		delete(o, "status")
		prune(o)
		objects = append(objects, o)
	}
	return objects, nil
}

// encoder makes JSON trees of Go values. It looks at each type once.
type encoder struct{ types map[reflect.Type]structType }

// structType is what encoding/json sees of a struct's type.
type structType struct {
	marshals bool // has a method of its own for it
	fields   []jsonField
}

type jsonField struct {
	index               int
	name                string // "" where the struct's fields are the outer one's
	omitEmpty, omitZero bool
}

// tree is what encoding/json makes of a value, decoded again. It goes from value
// to value, where encoding/json begins by looking at every type that a pod could
// have: a third of the time that a KRM function lives.
func (e encoder) tree(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return e.tree(v.Elem())
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
		t := e.structType(v.Type())
		if t.marshals {
			return encoded(v)
		}
		o := map[string]any{}
		return o, e.addFields(o, t.fields, v)
	case reflect.Map:
		return e.mapping(v)
	case reflect.Slice:
		return e.list(v)
	}
	return encoded(v)
}

var marshaler = reflect.TypeFor[json.Marshaler]()

func (e encoder) structType(t reflect.Type) structType {
	if known, met := e.types[t]; met {
		return known
	}
	s := structType{marshals: reflect.PointerTo(t).Implements(marshaler)}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "-" && f.IsExported() {
			s.fields = append(s.fields, jsonField{i, name, strings.Contains(options, "omitempty"), strings.Contains(options, "omitzero")})
		}
	}
	e.types[t] = s
	return s
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
func (e encoder) addFields(o map[string]any, fields []jsonField, v reflect.Value) error {
	for _, f := range fields {
		value := v.Field(f.index)
		switch {
		case f.name == "":
			if err := e.addFields(o, e.structType(value.Type()).fields, value); err != nil {
				return err
			}
			continue
		case f.omitEmpty && empty(value), f.omitZero && value.IsZero():
			continue
		}
		tree, err := e.tree(value)
		if err != nil {
			return err
		}
		o[f.name] = tree
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

func (e encoder) mapping(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil
	}
	o := make(map[string]any, v.Len())
	for _, key := range v.MapKeys() {
		tree, err := e.tree(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		o[key.String()] = tree
	}
	return o, nil
}

func (e encoder) list(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return encoded(v)
	}
	list := make([]any, v.Len())
	for i := range list {
		tree, err := e.tree(v.Index(i))
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
