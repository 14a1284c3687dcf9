package knock

import (
	"slices"
	"strings"
)

const gatewayAPI = "gateway.networking.k8s.io"

// byGateway is a request that comes by a route of the Gateway API.
func (c *cluster) byGateway(o Object, q request) arrival {
	hosts := texts(o, "spec", "hostnames")
	if len(hosts) > 0 && o["kind"] != "TCPRoute" && !slices.ContainsFunc(hosts, func(h string) bool { return suffixed(h, q.host, true) }) {
		return 0
	}
	if !slices.ContainsFunc(list(o, "spec", "parentRefs"), func(ref any) bool { return c.listens(o, ref, q) }) {
		return 0
	}
	var a arrival
	best := ""
	for _, r := range list(o, "spec", "rules") {
		rank, ok := ranked(r, q)
		if !ok || !q.may && rank <= best {
			continue
		}
		if best = rank; !q.may {
			a = 0
		}
		a |= c.gatewayRule(o, r, q)
	}
	if !q.may && c.contested(o, q) {
		return 0
	}
	return a
}

// contested reports whether a rule of another route is for the request, too:
// which of them wins depends on more than is drawn here.
func (c *cluster) contested(o Object, q request) bool {
	return slices.ContainsFunc(c.all(gatewayAPI, text(o, "kind")), func(other Object) bool {
		hosts := texts(other, "spec", "hostnames")
		return &other != &o && text(other, "metadata", "name")+"/"+namespaceOf(other) != text(o, "metadata", "name")+"/"+namespaceOf(o) &&
			(len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return suffixed(h, q.host, true) }))
	})
}

// listens reports whether a route is attached by a reference, where the request
// comes to. A Gateway that is not here takes what comes.
func (c *cluster) listens(o Object, ref any, q request) bool {
	if kind := or(text(ref, "kind"), "Gateway"); kind != "Gateway" {
		return false // the mesh
	}
	namespace := or(text(ref, "namespace"), namespaceOf(o))
	g := c.find(gatewayAPI, "Gateway", namespace, text(ref, "name"))
	if g == nil {
		return true
	}
	return slices.ContainsFunc(list(g, "spec", "listeners"), func(l any) bool {
		host, section := text(l, "hostname"), text(ref, "sectionName")
		from := or(text(l, "allowedRoutes", "namespaces", "from"), "Same")
		if protocol := text(l, "protocol"); !q.may && protocol != map[any]string{"TCPRoute": "TCP", "TLSRoute": "TLS"}[o["kind"]] && (protocol != "HTTP" || strings.HasPrefix(text(o, "kind"), "T")) {
			return false
		}
		return (section == "" || section == text(l, "name")) && (host == "" || suffixed(host, q.host, true) || o["kind"] == "TCPRoute") &&
			(q.may || from == "All" || namespace == namespaceOf(o))
	})
}

// ranked is how specific the part of a rule is that matches a request, to be
// compared as text.
func ranked(rule any, q request) (string, bool) {
	matches := list(rule, "matches")
	if len(matches) == 0 {
		return "a", true
	}
	best, found := "", false
	for _, m := range matches {
		path, kind := or(text(m, "path", "value"), "/"), or(text(m, "path", "type"), "PathPrefix")
		if kind == "Exact" && path != q.path || kind == "PathPrefix" && !under(q.path, path) ||
			text(m, "method") != "" && text(m, "method") != q.method || len(list(m, "headers")) > 0 && !q.header {
			continue
		}
		rank := "a" + strings.Repeat("p", len(path))
		if kind == "Exact" {
			rank = "x"
		}
		rank += " "
		if text(m, "method") != "" {
			rank += "m"
		}
		if len(list(m, "headers")) > 0 {
			rank += "h"
		}
		best, found = max(best, rank), true
	}
	return best, found
}

func (c *cluster) gatewayRule(o Object, rule any, q request) arrival {
	filters := func(in any) (arrival, guard) {
		var mirrored arrival
		g := pass
		for _, f := range list(in, "filters") {
			switch text(f, "type") {
			case "RequestMirror":
				mirrored |= c.gatewayBackend(o, at(f, "requestMirror", "backendRef"), q)
			case "RequestRedirect":
				g = deny
			case "ExtensionRef":
				ref := at(f, "extensionRef")
				if text(ref, "group") == "traefik.io" && text(ref, "kind") == "Middleware" {
					g = max(g, c.guards("Middleware", namespaceOf(o), []any{Object{"name": text(ref, "name")}}, q))
				} else {
					g = max(g, unsure)
				}
			}
		}
		return mirrored, g
	}
	mirrored, g := filters(rule)
	return g.then(func() arrival {
		a := mirrored
		for _, b := range list(rule, "backendRefs") {
			if w := at(b, "weight"); w != nil && number(w) == 0 && !q.may {
				continue
			}
			mirrored, g := filters(b)
			a |= g.then(func() arrival { return mirrored | c.gatewayBackend(o, b, q) })
		}
		return a
	})
}

// gatewayBackend is a request to a backend. One in another namespace needs
// a grant, unless the grant is not here.
func (c *cluster) gatewayBackend(o Object, ref any, q request) arrival {
	namespace := or(text(ref, "namespace"), namespaceOf(o))
	if kind := or(text(ref, "kind"), "Service"); kind != "Service" {
		return unknown
	}
	granted := slices.ContainsFunc(c.all(gatewayAPI, "ReferenceGrant"), func(g Object) bool {
		return namespaceOf(g) == namespace && slices.ContainsFunc(list(g, "spec", "from"), func(from any) bool {
			return text(from, "namespace") == namespaceOf(o) && text(from, "kind") == o["kind"]
		})
	})
	if namespace != namespaceOf(o) && !granted && !q.may {
		return 0
	}
	return c.backend(namespace, text(ref, "name"), at(ref, "port"), q)
}
