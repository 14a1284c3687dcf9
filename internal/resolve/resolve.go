// Package resolve turns a document into a Stack: as it was written, or with
// every overlay merged into its bases, defaults filled in and everything
// checked. What is wrong comes all at once, each problem with its place in the
// document.
package resolve

import (
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route"
	"github.com/hearth-dev/hearth/internal/document"
)

// Written is the Stack as it was written. It is nil if there is an error among
// the problems.
func Written(root *document.Node) (*v1alpha1.Stack, problem.List) {
	if problems := Kind(root, v1alpha1.Kind); problems != nil {
		return nil, problems // the fields of another kind would all be unknown
	}
	s := &v1alpha1.Stack{}
	if problems := document.Decode(root, s); problems.Err() != nil {
		return nil, problems
	}
	return s, nil
}

// Kind says what is wrong with a document that is of another kind.
func Kind(root *document.Node, kind string) problem.List {
	var problems problem.List
	for field, want := range map[string]string{"apiVersion": v1alpha1.APIVersion, "kind": kind} {
		got, n := "", root.Field(field)
		unread := document.Decode(n, &got)
		problems = append(problems, unread...)
		p := problem.Problem{}
		switch {
		case n == nil:
			p = root.Problem(field, "missing: hearth knows its files by it")
			p.Fix = "write " + field + ": " + want
		case unread == nil && got != want:
			p = root.Problem(field, "got %q, want %s", got, want)
		default:
			continue
		}
		problems = append(problems, p)
	}
	return problems
}

// Stack is the Stack resolved. It is nil if there is an error among the
// problems, which are sorted by position. What they offer to do is not refused
// in its turn.
func Stack(root *document.Node) (*v1alpha1.Resolved, problem.List) {
	r, problems := stack(root)
	checked := 0
	for i, p := range problems {
		if p.Severity != problem.Error || p.Change == nil {
			continue
		}
		if checked++; checked > mostChanges {
			problems[i].Change = nil
			continue
		}
		if changed, ok := root.With(*p.Change); !ok || !solves(p, problems, changed) {
			problems[i].Fix, problems[i].Change = "", nil
		}
	}
	return r, problems
}

// mostChanges are made to see what comes of them. Each costs as much as to read
// the stack again.
const mostChanges = 20

// solves reports whether a problem is gone from the changed document, and
// nothing else is wrong with what was changed.
func solves(p problem.Problem, before problem.List, changed *document.Node) bool {
	_, after := stack(changed)
	for _, a := range after.Errors() {
		if (problem.Within(a.Path, p.Change.Path) || a.Path == p.Path) && (a.Path == p.Path && a.Message == p.Message || !has(before, a.Path, a.Message)) {
			return false
		}
	}
	return true
}

func stack(root *document.Node) (*v1alpha1.Resolved, problem.List) {
	if problems := Kind(root, v1alpha1.Kind); problems != nil {
		return nil, problems
	}
	file := root
	root, wrong := expand(root)
	if wrong.Err() != nil && root == file { // what its overlays are is not known
		return nil, wrong
	}
	s := &v1alpha1.Stack{}
	unread := document.Decode(root, s)
	wrong = slices.DeleteFunc(wrong, func(p problem.Problem) bool {
		return slices.ContainsFunc(p.Depends, func(path string) bool { return document.Touches(unread, path) })
	})
	// Each check looks at every base of every overlay.
	if problems := root.Place(s.Limits(), nil); problems != nil {
		if unread.Err() != nil {
			problems = unread
		}
		return nil, slices.Concat(wrong, problems)
	}
	problems := slices.Concat(wrong, root.Place(s.Validate(), unread))
	written := root.Field("spec").Field("bases").Items()
	for i := range s.Spec.Bases {
		problems = append(problems, written[i].Place(route.Check(s.Spec.Bases[i].Expose), unread)...)
	}

	r := &v1alpha1.Resolved{Name: s.Metadata.Name, Exceptions: s.Spec.Exceptions}
	catalog := root.Field("spec").Field("catalog").Field("about")
	nodes := make([][]*document.Node, len(s.Spec.Overlays)) // of the bases, as each overlay has them
	for i, o := range s.Spec.Overlays {
		merged := v1alpha1.ResolvedOverlay{Name: o.Name, Resources: o.Resources, Patches: o.Patches}
		overlay := root.Field("spec").Field("overlays").Items()[i]
		problems = append(problems, about(&merged.About, catalog, overlay.Field("about"), unread)...)
		entries := overlay.Field("bases").Items()
		for j, override := range o.Bases {
			b := v1alpha1.Base{}
			var node *document.Node
			if at := indexOf(s.Spec.Bases, override); at >= 0 {
				node = document.Merge(written[at], entries[j])
				lost := document.Decode(node, &b)
				b.DropDigests(&s.Spec.Bases[at])
				found := slices.DeleteFunc(append(b.Validate(), route.Check(b.Expose)...), func(p problem.Problem) bool {
					return slices.ContainsFunc(slices.Concat(p.Depends, []string{p.Path}), func(path string) bool {
						return document.Touches(unread, written[at].Path(path)) // what the overlay is laid over is not known
					})
				})
				unread = append(unread, lost...)
				for k, p := range found {
					if has(problems, written[at].Path(p.Path), p.Message) {
						found[k].Depends = nil // the base alone has it: the overlay is not to blame
					}
				}
				problems = append(problems, node.Place(found, lost)...)
			}
			b.Default()
			merged.Bases, nodes[i] = append(merged.Bases, b), append(nodes[i], node)
		}
		v1alpha1.Connect(merged.Bases)
		r.Overlays = append(r.Overlays, merged)
	}
	s.Default()
	if len(s.Spec.Overlays) == 0 { // the bases are what is deployed
		v1alpha1.Connect(s.Spec.Bases)
	}
	r.Bases, r.Fleet, r.Catalog = s.Spec.Bases, s.Spec.Fleet, s.Spec.Catalog
	problems = append(problems, root.Place(r.Validate(), unread)...)
	problems = append(problems, unread...)
	if problems.Err() == nil {
		for i, bases := range nodes {
			for j, node := range bases {
				problems = append(problems, node.Place(r.ValidateServers(i, j), nil)...)
			}
		}
	}
	if root != file { // what is wrong with a template is so in each of its overlays
		problems = once(problems)
	}
	if problems = problems.Sorted(); problems.Err() != nil {
		return nil, problems
	}
	return r, problems
}

// about is what the catalog says of the service, with what an overlay lays over it.
func about(into *v1alpha1.About, catalog, overlay *document.Node, unread problem.List) problem.List {
	node := document.Merge(catalog, overlay)
	lost := document.Decode(node, into)
	found := into.Validate()
	into.Default()
	if overlay == nil {
		return nil // what is wrong is said of the catalog
	}
	return node.Place(found, append(lost, unread...))
}

func has(problems problem.List, path, message string) bool {
	return slices.ContainsFunc(problems, func(p problem.Problem) bool { return p.Path == path && p.Message == message })
}

// indexOf is the place of the base that an override can be laid over; -1 if
// there is none.
func indexOf(bases []v1alpha1.Base, override v1alpha1.Override) int {
	for i := range bases {
		if bases[i].Name == override.Name() && override.Fits(&bases[i]) {
			return i
		}
	}
	return -1
}
