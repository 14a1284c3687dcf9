package randomstack

import (
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// field is a field of the spec as a person writes it.
type field struct {
	name     string
	required bool
	typ      reflect.Type
}

// fieldsOf are a struct's fields, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "forEach" {
			continue // a template is written out before anything else is done with it
		}
		if name != "" && name != "-" {
			fields = append(fields, field{name, options == "", f.Type})
		}
	}
	return fields
}

// below is the path of a field: paths read as models[] or labels{}, without the
// numbers and names that a stack would have there.
func below(path, name string) string {
	return strings.TrimPrefix(path+"."+name, ".")
}

// elem is the type behind a pointer, and that which a merge patch is for: but an
// overlay's bases, which are drawn against what they change.
func elem(t reflect.Type) reflect.Type {
	if t == reflect.TypeFor[v1alpha1.AboutPatch]() {
		return reflect.TypeFor[v1alpha1.About]()
	}
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// isStruct reports whether the type is written as a mapping of known fields.
// An EnvValue may be a scalar as well, and an Affinity is drawn as a whole.
func isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != affinityType }

var (
	baseType    = reflect.TypeFor[v1alpha1.Base]()
	overlayType = reflect.TypeFor[v1alpha1.Overlay]()
	fleetType   = reflect.TypeFor[v1alpha1.Fleet]()
	catalogType = reflect.TypeFor[v1alpha1.Catalog]()
	objectType  = reflect.TypeFor[v1alpha1.Object]()

	affinityType = reflect.TypeFor[corev1.Affinity]()
)
