package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/cleartext"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// doors are the ways in that stand open or cannot be followed, and the secrets in
// clear, in the objects of an overlay, after its resources and patches, that no
// exception accepts.
func doors(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, all []Object) problem.List {
	at := slices.IndexFunc(r.Overlays, func(other v1alpha1.ResolvedOverlay) bool { return other.Name == o.Name })
	return look(r, o, fmt.Sprintf("spec.overlays[%d]", at), all)
}

// lone looks at the bases that no overlay has: nobody else does.
func (g *generation) lone() {
	for i, b := range g.stack.Bases {
		if slices.ContainsFunc(g.stack.Overlays, func(o v1alpha1.ResolvedOverlay) bool { return o.Base(b.Name) != nil }) {
			continue
		}
		alone := &v1alpha1.ResolvedOverlay{Bases: []v1alpha1.Base{b}}
		g.found = append(g.found, look(g.stack, alone, fmt.Sprintf("spec.bases[%d]", i), g.bases[b.Name].objects)...)
	}
}

func look(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, at string, all []Object) problem.List {
	var found problem.List
	add := func(severity problem.Severity, rule string, ref objects.Ref, path, message, fix string) {
		if slices.ContainsFunc(r.Exceptions, func(e v1alpha1.Exception) bool {
			return e.Accepts(rule, o.Name, ref.Kind, ref.Namespace, ref.Name)
		}) {
			return
		}
		if severity == problem.Error {
			fix += "; or accept it in spec.exceptions, with the rule " + rule + " and a reason"
		}
		found = append(found, problem.Problem{
			Severity: severity, Path: source(r, o, at, ref),
			Message: fmt.Sprintf("%s: %s: %s", rule, strings.TrimSpace(ref.String()+" "+path), message),
			Fix:     fix,
		})
	}
	set := objects.New(all)
	for _, f := range reach.Check(set, reach.FactsOf(o)) {
		// Another warning is of what a field says itself, such as dangerouslyUnauthenticated.
		if f.Severity == problem.Error || f.Rule == reach.ExposureUnseen {
			add(f.Severity, f.Rule, f.Object, f.Path, f.Message, f.Fix)
		}
	}
	for _, f := range cleartext.Check(set) {
		add(problem.Error, f.Rule, f.Object, f.Path, f.Message, f.Fix)
	}
	return found
}

// source is where an object comes from: a person's resources, as far as one has
// its name, or else the overlay.
func source(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, at string, ref reach.Ref) string {
	among := func(path string, all []v1alpha1.Object) string {
		i := slices.IndexFunc(all, func(one v1alpha1.Object) bool {
			in := objects.Text(one, "metadata", "namespace")
			return objects.Text(one, "kind") == ref.Kind && objects.Text(one, "metadata", "name") == ref.Name && (in == "" || in == ref.Namespace)
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
