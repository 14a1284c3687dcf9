// Package annotation knows which annotations the ingress controllers read on a
// route, and what they take for a value. It answers for what a person writes into
// a Stack and for the objects that `hearth vet` finds anywhere, so that both say
// the same.
package annotation

import (
	"maps"
	"regexp"
	"slices"
)

// Table is a controller's annotations by their keys.
type Table struct{ forms map[string]Form }

// Form is what a controller makes of an annotation's value.
type Form struct {
	// Want says what it takes.
	Want string
	// Otherwise is what it does with any other value.
	Otherwise string
	// Needs is the key of another annotation, without which the controller does
	// the same. Mostly none.
	Needs string
	fits  func(string) bool
}

// Fits reports whether the controller takes a value.
func (f Form) Fits(value string) bool { return f.fits(value) }

// Form is that of the key's annotation; false if the controller knows none of
// that key.
func (t *Table) Form(key string) (Form, bool) {
	f, known := t.forms[key]
	return f, known
}

// Keys are the keys that the controller knows, in order.
func (t *Table) Keys() []string { return slices.Sorted(maps.Keys(t.forms)) }

// matching is the form of what an expression matches as a whole.
func matching(want, expression string) Form {
	return Form{Want: want, fits: regexp.MustCompile("^(?:" + expression + ")$").MatchString}
}
