package knock

import (
	"slices"
	"strings"
)

// byVirtualServer is a request to F5's controller: the longest path has it.
func (c *cluster) byVirtualServer(o Object, q request) arrival {
	if text(o, "spec", "host") != q.host {
		return 0
	}
	var a arrival
	for _, r := range longest(list(o, "spec", "routes"), q) {
		ref := text(r, "route")
		if ref == "" {
			a |= c.policies(namespaceOf(o), q, list(o, "spec", "policies"), list(r, "policies")).then(func() arrival {
				return c.action(o, r, q)
			})
			continue
		}
		namespace, name, qualified := strings.Cut(ref, "/")
		if !qualified {
			namespace, name = namespaceOf(o), ref
		}
		sub := c.find("k8s.nginx.org", "VirtualServerRoute", namespace, name)
		if sub == nil {
			a |= unknown
			continue
		}
		if text(sub, "spec", "host") != q.host {
			continue
		}
		for _, s := range longest(list(sub, "spec", "subroutes"), q) {
			if !strings.HasPrefix(text(s, "path"), text(r, "path")) {
				continue // not below the route, and refused
			}
			// Whether a route's own policies count beside a subroute's, documentation
			// and controller do not agree.
			levels := [][]any{qualify(list(o, "spec", "policies"), o), qualify(list(r, "policies"), o), qualify(list(s, "policies"), sub)}
			g := c.policies("", q, levels...)
			if q.may && len(levels[2]) > 0 {
				g = min(g, c.policies("", q, levels[0], levels[2]))
			}
			a |= g.then(func() arrival { return c.action(sub, s, q) })
		}
	}
	return a
}

// qualify writes the namespace into references that an object makes.
func qualify(refs []any, o Object) []any {
	var all []any
	for _, ref := range refs {
		all = append(all, Object{"name": text(ref, "name"), "namespace": or(text(ref, "namespace"), namespaceOf(o))})
	}
	return all
}

// longest are the routes that a request goes to.
func longest(routes []any, q request) []any {
	var best []any
	length := -1
	for _, r := range routes {
		path, exact := strings.CutPrefix(text(r, "path"), "=")
		if exact && path != q.path || !exact && !strings.HasPrefix(q.path, path) {
			continue
		}
		n := 2 * len(path)
		if exact {
			n = 1000
		}
		switch {
		case q.may, n == length:
			best = append(best, r)
		case n > length:
			best = []any{r}
		}
		length = max(length, n)
	}
	return best
}

// policies is the verdict of policies at one level below the other. The lower
// one of a type replaces the upper; the first of a type counts at one level,
// except lists of addresses, which are one list.
func (c *cluster) policies(namespace string, q request, levels ...[]any) guard {
	verdict := map[string]guard{}
	for _, refs := range levels {
		here := map[string]guard{}
		var allow, not []string
		for _, ref := range refs {
			in := or(text(ref, "namespace"), namespace)
			p := c.find("k8s.nginx.org", "Policy", in, text(ref, "name"))
			if p == nil {
				here["missing "+in+"/"+text(ref, "name")] = unsure
				continue
			}
			spec, _ := p["spec"].(Object)
			for kind, value := range spec {
				switch kind {
				case "accessControl":
					allow = append(allow, texts(value, "allow")...)
					not = append(not, texts(value, "deny")...)
				case "basicAuth", "jwt", "oidc", "apiKey", "externalAuth":
					here[kind] = deny
				case "ingressMTLS":
					if v := text(value, "verifyClient"); (v == "" || v == "on") && here[kind] == pass {
						here[kind] = deny
					}
				}
			}
		}
		switch {
		case len(allow) > 0:
			here["accessControl"] = admits(q, allow)
		case len(not) > 0 && in(q.addr, not):
			here["accessControl"] = deny
		case len(not) > 0:
			here["accessControl"] = pass
		}
		for kind, g := range here {
			verdict[kind] = g
		}
	}
	all := pass
	for _, g := range verdict {
		all = max(all, g)
	}
	return all
}

// action is what a route does with a request.
func (c *cluster) action(o Object, route any, q request) arrival {
	var a arrival
	pass := func(action any) {
		name := or(text(action, "pass"), text(action, "proxy", "upstream"))
		for _, u := range list(o, "spec", "upstreams") {
			if name != "" && text(u, "name") == name {
				a |= c.backend(namespaceOf(o), text(u, "service"), at(u, "port"), q)
			}
		}
	}
	splits := func(in any) {
		for _, s := range list(in, "splits") {
			pass(at(s, "action"))
		}
	}
	matched := false
	for _, m := range list(route, "matches") {
		// Conditions are on the header X-Version or on the method.
		if !slices.ContainsFunc(list(m, "conditions"), func(cond any) bool {
			return text(cond, "header") != "" && !q.header || text(cond, "variable") == "$request_method" && text(cond, "value") != q.method
		}) {
			if !matched || q.may {
				pass(at(m, "action"))
				splits(m)
			}
			matched = true
		}
	}
	if !matched || q.may {
		pass(at(route, "action"))
		splits(route)
	}
	return a
}

// byTransportServer is a connection to a listener of F5's controller.
func (c *cluster) byTransportServer(o Object, q request) arrival {
	if host := text(o, "spec", "host"); text(o, "spec", "listener", "protocol") == "UDP" || host != "" && host != q.host {
		return 0
	}
	return c.action(o, at(o, "spec"), q)
}
