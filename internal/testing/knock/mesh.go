package knock

import (
	"slices"
	"strings"
)

const istio = "networking.istio.io"

// byVirtualService is a request to one of Istio's gateways: the first rule that
// matches has it.
func (c *cluster) byVirtualService(o Object, q request) arrival {
	if !slices.ContainsFunc(texts(o, "spec", "hosts"), func(h string) bool { return h == "*" || suffixed(h, q.host, true) }) {
		return 0
	}
	verdict := deny
	for _, name := range texts(o, "spec", "gateways") {
		if name != "mesh" {
			verdict = min(verdict, c.istioGateway(o, name, q))
		}
	}
	return verdict.then(func() arrival {
		a := c.istioRules(o, list(o, "spec", "http"), q)
		a |= c.istioRules(o, list(o, "spec", "tcp"), q)
		return a
	})
}

// istioGateway is whether a gateway takes a request: one that is not here takes
// all.
func (c *cluster) istioGateway(o Object, name string, q request) guard {
	namespace, short, qualified := strings.Cut(name, "/")
	if !qualified {
		namespace, short = namespaceOf(o), name
	}
	g := c.find(istio, "Gateway", namespace, short)
	if g == nil {
		return pass
	}
	for _, s := range list(g, "spec", "servers") {
		if text(s, "tls", "mode") == "MUTUAL" { // asks for a certificate
			continue
		}
		for _, host := range texts(s, "hosts") {
			if _, after, ok := strings.Cut(host, "/"); ok {
				host = after
			}
			if host == "*" || suffixed(host, q.host, true) {
				return pass
			}
		}
	}
	return deny
}

func (c *cluster) istioRules(o Object, rules []any, q request) arrival {
	if q.hops++; q.hops > maxHops {
		return 0
	}
	var a arrival
	for _, r := range rules {
		matches := list(r, "match")
		if len(matches) > 0 && !slices.ContainsFunc(matches, func(m any) bool {
			prefix, exact := text(m, "uri", "prefix"), text(m, "uri", "exact")
			return strings.HasPrefix(q.path, prefix) && (exact == "" || exact == q.path) && (at(m, "headers") == nil || q.header)
		}) {
			continue
		}
		for _, to := range list(r, "route") {
			a |= c.destination(o, at(to, "destination"), q)
		}
		if m := at(r, "mirror"); m != nil {
			a |= c.destination(o, m, q)
		}
		for _, m := range list(r, "mirrors") {
			a |= c.destination(o, at(m, "destination"), q)
		}
		if d := at(r, "delegate"); d != nil {
			to := c.find(istio, "VirtualService", or(text(d, "namespace"), namespaceOf(o)), text(d, "name"))
			if to == nil {
				a |= unknown
			} else {
				a |= c.istioRules(to, list(to, "spec", "http"), q)
			}
		}
		if !q.may {
			break
		}
	}
	return a
}

// destination is a request to a host of Istio's registry: a short name is in the
// rule's namespace.
func (c *cluster) destination(o Object, d any, q request) arrival {
	host := text(d, "host")
	namespace, short := namespaceOf(o), host
	if name, ok := strings.CutSuffix(host, ".svc.cluster.local"); ok {
		short, namespace, _ = strings.Cut(name, ".")
	}
	port := at(d, "port", "number")
	if s := c.find("", "Service", namespace, short); s != nil && port == nil {
		if ports := list(s, "spec", "ports"); len(ports) == 1 {
			port = at(ports[0], "port")
		}
	}
	return c.backend(namespace, short, port, q)
}

// byRoute is a request to OpenShift's router. A route without a host gets
// a public one.
func (c *cluster) byRoute(o Object, q request) arrival {
	if host := text(o, "spec", "host"); host != "" && host != q.host || host == "" && home(q.host) {
		return 0
	}
	if path := text(o, "spec", "path"); path != "" && !under(q.path, path) {
		return 0
	}
	for _, key := range []string{"ip_whitelist", "ip_allowlist"} {
		if ranges := annotation(o, "haproxy.router.openshift.io/"+key); ranges != "" && admits(q, strings.Fields(ranges)) == deny {
			return 0
		}
	}
	var a arrival
	for _, to := range append([]any{at(o, "spec", "to")}, list(o, "spec", "alternateBackends")...) {
		s := c.find("", "Service", namespaceOf(o), text(to, "name"))
		if w := at(to, "weight"); w != nil && number(w) == 0 && !q.may {
			continue
		}
		if s == nil {
			a |= c.missing(namespaceOf(o), q)
			continue
		}
		if text(s, "spec", "type") == "ExternalName" && q.may {
			a |= c.dial("", text(s, "spec", "externalName"), number(o, "spec", "port", "targetPort"), q)
		}
		ports := list(s, "spec", "ports")
		for _, p := range ports {
			if !c.targets(s, p, at(o, "spec", "port", "targetPort"), len(ports) == 1, q) && !q.may {
				continue
			}
			if text(s, "spec", "type") == "ExternalName" {
				a |= c.dial("", text(s, "spec", "externalName"), number(p, "port"), q)
			} else {
				a |= c.through(s, p, q)
			}
		}
	}
	return a
}

// targets reports whether a route's target is that of a Service's port: its name
// or, as a number, the port of its endpoints.
func (c *cluster) targets(s Object, port, target any, first bool, q request) bool {
	switch target := target.(type) {
	case nil:
		return first
	case string:
		return target == text(port, "name")
	}
	if of := at(port, "targetPort"); of == target || of == nil && at(port, "port") == target {
		return true
	}
	selector, _ := at(s, "spec", "selector").(Object)
	return slices.ContainsFunc(c.selected(namespaceOf(s), selector), func(p Object) bool {
		return named(p, text(port, "targetPort")) == number(target)
	}) || slices.ContainsFunc(c.written(s, q), func(e endpoint) bool { return at(e.port, "port") == target })
}
