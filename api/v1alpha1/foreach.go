package v1alpha1

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// ForEach makes an overlay the template of many: one for each item.
type ForEach struct {
	// File that lists the items, below the folder of the stack: CSV if its name ends
	// with .csv, whose first line names a field of an item in each column, such as
	// name, clusterName and overrides.ai.expose.host; an empty cell is a field left
	// out, and null returns to the default. Any other is YAML with items. Default:
	// the items stand here.
	File string `json:"file,omitzero"`
	// Items, at most 10,000 in a stack.
	Items []ForEachItem `json:"items,omitzero"`
}

// ForEachItem is one overlay of a template: what it has of its own. With a cluster's
// name, group or labels it is a target of spec.fleet too, before those that are
// written there.
type ForEachItem struct {
	// Name of the overlay and of its folder, a DNS label.
	Name string `json:"name"`
	// ClusterName is the name of Fleet's Cluster object that gets the overlay.
	// Default none.
	ClusterName string `json:"clusterName,omitzero"`
	// ClusterGroup is the name of a ClusterGroup that gets the overlay. Default none.
	ClusterGroup string `json:"clusterGroup,omitzero"`
	// ClusterSelector selects the clusters that get the overlay by their labels.
	// Default none.
	ClusterSelector *LabelSelector `json:"clusterSelector,omitzero"`
	// Overrides of the template's bases, by the base's name, laid over what the
	// template says of it: maps merge, lists replace, null returns to the default.
	Overrides map[string]Override `json:"overrides,omitzero"`
	// About is what no object says of the service, laid over the template's.
	About AboutPatch `json:"about,omitzero"`
}

// Short is what somebody means who writes its name alone.
func (*ForEachItem) Short(name string) (fix string, value any) {
	return "write {name: " + problem.Clip(name) + "}", map[string]any{"name": name}
}

// MaxOverlays is how many overlays a stack may have.
const MaxOverlays = maxOverlays

// ValidateForEach reports what is wrong with a template that is wrong with none of
// its overlays. Paths count from the overlay. It changes nothing.
func (o *Overlay) ValidateForEach() problem.List {
	v := newValidator()
	at := field.NewPath("forEach")
	switch {
	case o.ForEach.File != "" && o.ForEach.Items != nil:
		v.errorf(at.Child("file"), "keep one of them", "got %q, and items are there too", o.ForEach.File)
	case o.ForEach.File != "":
		v.errorf(at.Child("file"), "write its items into forEach.items, or render with the command hearth", "got %q, and no file is read here", o.ForEach.File)
	case len(o.ForEach.Items) == 0:
		v.errorf(at.Child("items"), "write items, or file", "missing: want the overlays that the template is for")
	}
	var bases []string
	for _, b := range o.Bases {
		bases = append(bases, b.Name())
	}
	declared := namesOf(bases)
	items := make([]string, len(o.ForEach.Items))
	for i, item := range o.ForEach.Items {
		items[i] = item.Name
		at := at.Child("items").Index(i).Child("overrides")
		for _, base := range slices.Sorted(maps.Keys(item.Overrides)) {
			if !declared.has[base] {
				v.because(field.NewPath("bases")).errorf(at.Key(base), spelling.Suggest(base, bases), "got %q, want one of the template's bases: %s", base, list(bases))
			}
			if _, named := item.Overrides[base]["name"]; named {
				v.errorf(at.Key(base).Child("name"), problem.Remove, "has no effect: the base's name stands in front")
			}
		}
	}
	v.unique(at.Child("items"), items)
	return v.problems.Sorted()
}
