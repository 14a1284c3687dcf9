package traefikrule

import (
	"go/token"
	"net/netip"
	"slices"
	"strings"
)

// set is one of hosts.
type set struct {
	names  map[string]struct{}
	ends   map[string]struct{} // ".example.com"
	others bool                // all hosts
}

func newSet() *set {
	return &set{names: map[string]struct{}{}, ends: map[string]struct{}{}}
}

func (s *set) has(name string) bool {
	if s.others || len(name) > maxName {
		return true
	}
	if _, ok := s.names[name]; ok {
		return true
	}
	return s.within(name)
}

// within reports whether an end of the set is one of the name's.
func (s *set) within(name string) bool {
	for dot := strings.IndexByte(name, '.'); dot >= 0 && len(s.ends) > 0; {
		name = name[dot:]
		if _, ok := s.ends[name]; ok {
			return true
		}
		if dot = strings.IndexByte(name[1:], '.'); dot >= 0 {
			dot++
		}
	}
	return false
}

// union takes both sets apart. The smaller is moved into the larger, so that a
// chain of them takes no more than n log n steps.
func union(a, b *set) *set {
	return &set{names: join(a.names, b.names), ends: join(a.ends, b.ends), others: a.others || b.others}
}

func join(a, b map[string]struct{}) map[string]struct{} {
	if len(a) < len(b) {
		a, b = b, a
	}
	for k := range b {
		a[k] = struct{}{}
	}
	return a
}

// maxWork bounds the steps that precision is worth: tens of milliseconds. Beyond,
// answers have more in them than a rule can match.
const maxWork = 1 << 22

type work struct{ left int }

// afford reports whether the steps are left, and takes them. Once some were not,
// none are.
func (w *work) afford(steps int) bool {
	if steps > w.left {
		w.left = 0
		return false
	}
	w.left -= steps
	return true
}

// hosts that a rule can match, and perhaps more names, which [work.may] rules
// out.
func (w *work) hosts(n *node) *set {
	switch n.op {
	case token.LOR:
		return union(w.hosts(n.left), w.hosts(n.right))
	case token.LAND:
		return w.intersect(w.hosts(n.left), w.hosts(n.right))
	}
	switch {
	case n.kind == host && n.everybody:
		return &set{others: !n.not || !n.nameless}
	case n.not || n.kind != host && n.kind != hostPattern:
		return &set{others: true}
	}
	found := newSet()
	for _, name := range n.names {
		found.names[name] = struct{}{}
	}
	for _, p := range n.patterns {
		for name := range p.bounds.names {
			found.names[name] = struct{}{}
		}
		for end := range p.bounds.ends {
			found.ends[end] = struct{}{}
		}
		found.others = found.others || p.bounds.others
	}
	return found
}

// intersect two sets; where that takes too long, the first stands for it.
func (w *work) intersect(a, b *set) *set {
	switch {
	case a.others && b.others:
		return union(a, b)
	case a.others:
		return b
	case b.others:
		return a
	case len(a.ends) == 0 && len(b.ends) == 0 && len(a.names) > len(b.names):
		a, b = b, a
	}
	steps := len(a.names) + len(a.ends)
	if len(a.ends) > 0 {
		steps += len(b.names) + len(b.ends)
	}
	if !w.afford(steps) {
		return a
	}
	both := newSet()
	for name := range a.names {
		if b.has(name) {
			both.names[name] = struct{}{}
		}
	}
	for end := range a.ends {
		if b.within(end) {
			both.ends[end] = struct{}{}
		}
	}
	if len(a.ends) == 0 {
		return both
	}
	for name := range b.names {
		if a.has(name) {
			both.names[name] = struct{}{}
		}
	}
	for end := range b.ends {
		if a.within(end) {
			both.ends[end] = struct{}{}
		}
	}
	return both
}

// may reports whether a rule can match a host, given the right path, client and
// the like.
func (w *work) may(n *node, name string) bool {
	if !w.afford(1 + len(n.names) + len(n.patterns)) {
		return true
	}
	switch n.op {
	case token.LOR:
		return w.may(n.left, name) || w.may(n.right, name)
	case token.LAND:
		return w.may(n.left, name) && w.may(n.right, name)
	}
	switch n.kind {
	case host:
		return (n.everybody || slices.Contains(n.names, strings.TrimRight(name, "."))) != n.not
	case hostPattern:
		matched, known := n.matches(name, w)
		return !known || matched != n.not
	}
	return true
}

// matches reports whether a pattern of the node's matches a host; known, that
// there was time to find out.
func (n *node) matches(name string, w *work) (matched, known bool) {
	known = true
	for _, p := range n.patterns {
		for _, asked := range []string{name, ""} {
			if asked == "" && !n.flattened {
				continue
			}
			m, k := p.matches(asked, w)
			if m {
				return true, true
			}
			known = known && k
		}
	}
	return false, known
}

// clients that a rule is bounded to; none is everybody.
func (w *work) clients(n *node) []netip.Prefix {
	switch n.op {
	case token.LOR:
		left, right := w.clients(n.left), w.clients(n.right)
		if len(left) == 0 || len(right) == 0 {
			return nil
		}
		return append(left, right...)
	case token.LAND:
		left, right := w.clients(n.left), w.clients(n.right)
		if len(left) == 0 {
			return right
		}
		if both := w.overlap(left, right); len(both) > 0 {
			return both
		}
		return left
	}
	if n.not {
		return nil
	}
	return n.networks
}

// overlap is what two lists of networks have in common, as far as it can be told
// in time.
func (w *work) overlap(a, b []netip.Prefix) []netip.Prefix {
	if !w.afford(len(a) * len(b)) {
		return nil
	}
	var both []netip.Prefix
	for _, x := range a {
		for _, y := range b {
			switch {
			case !x.Overlaps(y):
			case x.Bits() >= y.Bits():
				both = append(both, x)
			default:
				both = append(both, y)
			}
		}
	}
	return both
}
