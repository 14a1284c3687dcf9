package controller

import (
	"maps"
	"slices"
	"strings"
)

// Table is the annotations that a controller reads on a route, by their keys,
// and what it takes for a value. It answers for what a person writes into a
// Stack and for the objects that `hearth vet` finds anywhere, so that both say
// the same.
type Table map[string]Form

// Form is what a controller makes of an annotation's value.
type Form struct {
	// Want says what it takes.
	Want string
	// Fits reports whether the controller takes the value.
	Fits func(value string) bool
	// Otherwise is what it does with any other value.
	Otherwise string
	// Needs is the key of another annotation, without which the controller does
	// the same. Mostly none.
	Needs string
}

// Keys are the keys that the controller knows, in order.
func (t Table) Keys() []string { return slices.Sorted(maps.Keys(t)) }

// OneOf is the form of a closed set.
func OneOf(want string, values ...string) Form {
	return Form{Want: want, Fits: func(s string) bool { return slices.Contains(values, s) }}
}

// substitute is the annotation by which Flux leaves an object as it is: with
// postBuild it takes nginx's ${remote_addr} for a variable of its own.
const substitute = "kustomize.toolkit.fluxcd.io/substitute"

// KeepVariables has Flux leave a route as it is whose annotations for the
// controller, of that prefix, name one of nginx's variables in braces.
func KeepVariables(annotations map[string]string, prefix string) {
	if _, set := annotations[substitute]; set {
		return
	}
	for key, value := range annotations {
		if strings.HasPrefix(key, prefix) && strings.Contains(value, "${") {
			annotations[substitute] = "disabled"
			return
		}
	}
}
