package overlay

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Difference is what an overlay's kustomization.yaml adds to its bases.
type Difference struct {
	// Objects that no base has, as they were given, in their order. Each
	// becomes a file listed in resources.
	New []Object
	// Patches of the bases' objects, in the order of those. They are inline:
	// Fleet's agent may not load patch files from outside the overlay.
	Patches []v1alpha1.Patch
}

// Compute returns the difference that turns base into want. Equal arguments
// give equal differences. Later patches are a person's, for the result: where one
// has a variable that may hold another's value, every list keeps its order.
//
// build runs kustomize over the bases and a difference. Compute calls it once
// if strategic merge patches do, and again for each time it has to fall back
// to JSON 6902 for some of the objects.
func Compute(base, want []Object, later []v1alpha1.Patch, build func(Difference) ([]Object, error)) (Difference, error) {
	from, err := index(base)
	if err != nil {
		return Difference{}, fmt.Errorf("reading the bases' objects: %w", err)
	}
	to, err := index(want)
	if err != nil {
		return Difference{}, fmt.Errorf("reading the wanted objects: %w", err)
	}
	ordered := slices.ContainsFunc(later, func(p v1alpha1.Patch) bool { return strings.Contains(p.Patch, reference) })
	changes, err := compare(from, to, ordered)
	if err != nil {
		return Difference{}, err
	}
	var added []Object
	for n, i := range to.ids {
		if _, inBase := from.byID[i]; !inBase {
			added = append(added, want[n])
		}
	}
	for {
		d := Difference{New: added}
		for _, c := range changes {
			d.Patches = append(d.Patches, c.patch)
		}
		wrong, problem := verify(d, to, ordered, changes, build)
		if problem == nil {
			return d, nil
		}
		retry := false
		for n := range changes {
			if c := &changes[n]; wrong[c.id] && c.canFallBack() {
				if c.patch, err = jsonPatch(c.id, c.base, c.want, ordered); err != nil {
					return Difference{}, err
				}
				retry = true
			}
		}
		if !retry {
			return Difference{}, problem
		}
	}
}

// change is one object that a patch must change or, without want, delete.
type change struct {
	id         id
	base, want Object
	patch      v1alpha1.Patch
}

func (c change) canFallBack() bool { return c.want != nil && c.patch.Target == nil }

// compare returns the changes of base's objects in their order.
func compare(base, want set, ordered bool) ([]change, error) {
	var changes []change
	for _, i := range base.ids {
		c := change{id: i, base: base.byID[i], want: want.byID[i]}
		if equal(c.base, c.want, schemaOf(i, ordered)) {
			continue
		}
		var err error
		if c.patch, err = mergePatch(i, c.base, c.want, ordered); err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// verify builds a difference and returns what is wrong with the result, and
// which objects it concerns.
func verify(d Difference, want set, ordered bool, changes []change, build func(Difference) ([]Object, error)) (map[id]bool, error) {
	wrong := map[id]bool{}
	objects, err := build(d)
	if err != nil {
		// The error names no object that could be relied on: ask each patch alone.
		for _, c := range changes {
			_, alone := build(Difference{Patches: []v1alpha1.Patch{c.patch}})
			wrong[c.id] = alone != nil
		}
		return wrong, fmt.Errorf("building the overlay: %w", err)
	}
	got, err := index(objects)
	if err != nil {
		return nil, fmt.Errorf("reading the overlay's objects: %w", err)
	}
	var problems []error
	add := func(i id, problem string) {
		wrong[i] = true
		problems = append(problems, fmt.Errorf("the overlay cannot express %s: %s", i, problem))
	}
	for _, i := range want.ids {
		o, built := got.byID[i]
		if !built {
			add(i, "it is missing from the build")
		} else if found := firstDifference("", o, want.byID[i], schemaOf(i, ordered)); found != "" {
			add(i, found)
		}
	}
	for _, i := range got.ids {
		if _, wanted := want.byID[i]; !wanted {
			add(i, "it is in the build and should not be")
		}
	}
	return wrong, errors.Join(problems...)
}
