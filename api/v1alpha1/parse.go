package v1alpha1

import (
	"fmt"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// Parse reads a Stack from YAML or JSON; file is its name in problems. Each
// overlay's bases come out merged, and everything is defaulted and validated.
// The problems are sorted by position; if there is an error among them the
// Stack is nil.
func Parse(file string, data []byte) (*Stack, problem.List) {
	root, problems := document.Parse(file, data)
	if root == nil {
		return nil, problems
	}
	s, found := decode(root)
	problems = append(problems, found...).Sorted()
	if problems.Err() != nil {
		return nil, problems
	}
	return s, problems
}

func decode(root *document.Node) (*Stack, problem.List) {
	if problems := typeMeta(root, Kind); problems != nil {
		return nil, problems // the fields of another kind would all be unknown
	}
	var d document.Decoder
	s := &Stack{}
	unread := d.Decode(root, s)
	return s, s.complete(root, &d, unread)
}

// complete merges, defaults and validates a decoded Stack; unread is what could
// not be decoded of it. It returns all problems.
func (s *Stack) complete(root *document.Node, d *document.Decoder, unread problem.List) problem.List {
	c := checker{node: root, unread: unread}
	bases := root.Field("spec").Field("bases").Items()
	for i := range s.Spec.Bases {
		b := &s.Spec.Bases[i]
		b.applyDefaults()
		c.problems = append(c.problems, checkBase(bases[i], b, c.unread)...)
	}
	overlays := root.Field("spec").Field("overlays").Items()
	for i := range s.Spec.Overlays {
		o := &s.Spec.Overlays[i]
		entries := overlays[i].Field("bases").Items()
		for j := range o.Bases {
			path := fmt.Sprintf("spec.overlays[%d].bases[%d]", i, j)
			o.Bases[j] = c.mergedBase(path, s, d, bases, entries[j], o.Bases[j])
		}
	}
	if f := s.Spec.Fleet; f != nil {
		f.applyDefaults()
	}
	c.stack(s)
	return append(c.unread, c.problems...)
}

// typeMeta says what is wrong with a document that is of another kind.
func typeMeta(root *document.Node, kind string) problem.List {
	c := checker{node: root}
	for field, want := range map[string]string{"apiVersion": APIVersion, "kind": kind} {
		got, n := "", root.Field(field)
		unread := document.Decode(n, &got)
		c.problems = append(c.problems, unread...)
		switch {
		case n == nil:
			c.errorf(field, "write "+field+": "+want, "missing: hearth knows its files by it")
		case unread == nil && got != want:
			c.errorf(field, "", "got %q, want %s", got, want)
		}
	}
	return c.problems
}

// mergedBase lays an overlay's entry over the base it names. It is empty, with
// the reason reported, if there is nothing to merge.
func (c *checker) mergedBase(path string, s *Stack, d *document.Decoder, bases []*document.Node, entry *document.Node, written Base) Base {
	var base *document.Node
	for i := range s.Spec.Bases {
		if s.Spec.Bases[i].Name == written.Name {
			base = bases[i]
		}
	}
	switch {
	case base == nil && len(s.Spec.Bases) == 0:
		return Base{} // reported once, for spec.bases
	case base == nil || written.Name == "":
		c.reference(path+".name", written.Name, "base", s.baseNames())
		return Base{}
	case entry.Field("namespace") != nil && written.Namespace != base.Field("namespace").Text():
		c.errorf(path+".namespace", "remove it, or declare a second base in that namespace",
			"got %q: an overlay cannot move a base to another namespace, its volumes would stay behind", written.Namespace)
		return Base{}
	}
	node := document.Merge(base, entry)
	b := Base{}
	unread := d.Decode(node, &b)
	b.applyDefaults()
	c.unread = append(c.unread, unread...)
	c.problems = append(c.problems, checkBase(node, &b, unread)...)
	return b
}

func (s *Stack) baseNames() []string {
	var names []string
	for _, b := range s.Spec.Bases {
		names = append(names, b.Name)
	}
	return names
}

func (s *Stack) overlayNames() []string {
	var names []string
	for _, o := range s.Spec.Overlays {
		names = append(names, o.Name)
	}
	return names
}
