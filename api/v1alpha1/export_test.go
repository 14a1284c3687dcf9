package v1alpha1

import (
	"iter"
	"strings"
)

// WishFields are the names of all wishes, with the field that serves each.
func WishFields() iter.Seq2[string, string] {
	return func(yield func(name, field string) bool) {
		for _, w := range wishes {
			for _, name := range strings.Fields(w.names) {
				if !yield(name, w.field) {
					return
				}
			}
		}
	}
}
