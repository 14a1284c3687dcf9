package generator

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A tree is what encoding/json makes of an object, for every field that
// Kubernetes' types have: each is set once, and each is left alone once.
func TestTreeIsJSON(t *testing.T) {
	for _, typed := range []any{
		&appsv1.Deployment{}, &appsv1.StatefulSet{}, &networkingv1.Ingress{}, &networkingv1.NetworkPolicy{},
		&certificate{}, &nginxPolicy{}, &traefikMiddleware{},
	} {
		for _, full := range []bool{false, true} {
			if full {
				set(reflect.ValueOf(typed).Elem(), 0)
			}
			data, err := json.Marshal(typed)
			if err != nil {
				t.Fatal(err)
			}
			d := json.NewDecoder(bytes.NewReader(data))
			d.UseNumber()
			var want any
			if err := d.Decode(&want); err != nil {
				t.Fatal(err)
			}
			got, err := encoder{map[reflect.Type]structType{}}.tree(reflect.ValueOf(typed))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%T, full %v (-want +got):\n%s", typed, full, diff)
			}
		}
	}
}

// Quantities and ports are written as Kubernetes writes them.
func TestTreeScalars(t *testing.T) {
	for _, typed := range []any{
		resource.MustParse("1500Mi"), resource.MustParse("0.5"), resource.MustParse("1e3"), resource.MustParse("1024Ki"), *resource.NewQuantity(512<<20, resource.BinarySI),
		intstr.FromInt32(80), intstr.FromString("http"), intstr.FromInt32(0),
	} {
		data, err := json.Marshal(typed)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		got, err := encoder{map[reflect.Type]structType{}}.tree(reflect.ValueOf(typed))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", typed, diff)
		}
	}
}

// set gives a value, and all within it, another value than zero.
func set(v reflect.Value, depth int) {
	if depth > 12 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		set(v.Elem(), depth+1)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[intstr.IntOrString]() {
			v.Set(reflect.ValueOf(intstr.FromString("x")))
			return
		}
		for i := range v.NumField() {
			set(v.Field(i), depth+1)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte("7")) // raw JSON in some types
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		set(v.Index(0), depth+1)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		set(key, depth+1)
		set(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	}
}
