package knock

import (
	"net/netip"
	"slices"
	"strings"
)

// at is the value at a path of maps, nil if there is none.
func at(v any, path ...string) any {
	for _, key := range path {
		m, _ := v.(Object)
		v = m[key]
	}
	return v
}

func text(v any, path ...string) string {
	s, _ := at(v, path...).(string)
	return s
}

func list(v any, path ...string) []any {
	l, _ := at(v, path...).([]any)
	return l
}

func texts(v any, path ...string) []string {
	var all []string
	for _, e := range list(v, path...) {
		all = append(all, text(e))
	}
	return all
}

// number is 0 if there is none.
func number(v any, path ...string) int {
	n, _ := at(v, path...).(float64)
	return int(n)
}

func annotation(o Object, key string) string { return text(o, "metadata", "annotations", key) }

func namespaceOf(o Object) string { return or(text(o, "metadata", "namespace"), "default") }

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// find is an object by name, nil if it is not in the list. A kind is one of
// a group, whatever its version.
func (c *cluster) find(group, kind, namespace, name string) Object {
	for _, o := range c.all(group, kind) {
		if namespaceOf(o) == or(namespace, "default") && text(o, "metadata", "name") == name {
			return o
		}
	}
	return nil
}

func (c *cluster) all(group, kind string) []Object { return c.kinds[group+" "+kind] }

// in reports whether a range has an address.
func in(addr netip.Addr, ranges []string) bool {
	for _, r := range ranges {
		if !strings.Contains(r, "/") {
			r += "/32"
		}
		if p, err := netip.ParsePrefix(strings.TrimSpace(r)); err == nil && p.Contains(addr) {
			return true
		}
	}
	return false
}

// admits is a guard that only lets some addresses through. The addresses of
// requests are samples: there may be a stranger at any that is not private, and
// a private network may have any.
func admits(q request, ranges []string) guard {
	if in(q.addr, ranges) || q.may && (!q.public || slices.ContainsFunc(ranges, func(r string) bool {
		p, err := netip.ParsePrefix(r)
		return err == nil && !p.Addr().IsPrivate()
	})) {
		return pass
	}
	return deny
}

// suffixed reports whether a host is below a wildcard's domain: by one label,
// or by any number.
func suffixed(pattern, host string, labels bool) bool {
	domain, wild := strings.CutPrefix(pattern, "*")
	if !wild {
		return pattern == host
	}
	below, ok := strings.CutSuffix(host, domain)
	return ok && below != "" && (labels || !strings.Contains(below, "."))
}

// under reports whether a path is at or below a prefix, element by element.
func under(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
