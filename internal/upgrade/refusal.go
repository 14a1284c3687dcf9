package upgrade

import (
	"github.com/hearth-dev/hearth/internal/objects"
)

// Refusal is a change of one field that no cluster makes to an object it has.
type Refusal struct {
	Field         string // its path, joined by dots
	Before, After string // the values, for a reader
	Why, Fix      string
}

// Refusals are what a cluster refuses of an object's new form.
func Refusals(old, new objects.Object) []Refusal {
	var found []Refusal
	ref := objects.RefOf(old)
	id := id{ref.Group(), ref.Kind, ref.Namespace, ref.Name}
	for _, r := range rules() {
		if r.kind != id.kind || !builtin(id.group) {
			continue
		}
		before, after := r.of(old), r.of(new)
		if !r.same(before, after) {
			found = append(found, Refusal{r.field, r.show(before), r.show(after), r.why, keep(r, before) + "; or " + anew(id)})
		}
	}
	return found
}
