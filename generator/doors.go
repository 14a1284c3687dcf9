package generator

import (
	"fmt"
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// opened are the ways in that stand open in the objects of an overlay, after its
// resources and patches, and that no exception accepts.
func opened(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, all []Object) problem.List {
	at := slices.IndexFunc(r.Overlays, func(other v1alpha1.ResolvedOverlay) bool { return other.Name == o.Name })
	return doors(r, o, fmt.Sprintf("spec.overlays[%d]", at), all)
}

// lone looks at the bases that no overlay has: nobody else does.
func (g *generation) lone() {
	for i, b := range g.stack.Bases {
		if slices.ContainsFunc(g.stack.Overlays, func(o v1alpha1.ResolvedOverlay) bool { return o.Base(b.Name) != nil }) {
			continue
		}
		alone := &v1alpha1.ResolvedOverlay{Bases: []v1alpha1.Base{b}}
		g.doors = append(g.doors, doors(g.stack, alone, fmt.Sprintf("spec.bases[%d]", i), g.bases[b.Name])...)
	}
}

func doors(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, at string, all []Object) problem.List {
	var found problem.List
	for _, f := range reach.Check(objects.New(all), reach.FactsOf(o)) {
		accepted := slices.ContainsFunc(r.Exceptions, func(e v1alpha1.Exception) bool {
			return e.Accepts(f.Rule, o.Name, f.Object.Kind, f.Object.Namespace, f.Object.Name)
		})
		if f.Severity != problem.Error || accepted {
			continue
		}
		found = append(found, problem.Problem{
			Severity: problem.Error, Path: source(r, o, at, f.Object),
			Message: fmt.Sprintf("%s: %s %s: %s", f.Rule, f.Object, f.Path, f.Message),
			Fix:     f.Fix + "; or accept it in spec.exceptions, with the rule " + f.Rule + " and a reason",
		})
	}
	return found
}

// source is where an object comes from: a person's resources, as far as one has
// its name, or else the overlay.
func source(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, at string, ref reach.Ref) string {
	among := func(path string, all []v1alpha1.Object) string {
		i := slices.IndexFunc(all, func(one v1alpha1.Object) bool {
			in := object.Text(one, "metadata", "namespace")
			return object.Text(one, "kind") == ref.Kind && object.Text(one, "metadata", "name") == ref.Name && (in == "" || in == ref.Namespace)
		})
		if i < 0 {
			return ""
		}
		return fmt.Sprintf("%s.resources[%d]", path, i)
	}
	if path := among(at, o.Resources); path != "" {
		return path
	}
	for i, b := range r.Bases {
		if o.Base(b.Name) == nil {
			continue
		}
		if path := among(fmt.Sprintf("spec.bases[%d]", i), b.Resources); path != "" {
			return path
		}
	}
	return at
}
