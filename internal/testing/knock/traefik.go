package knock

import "strings"

// groups are the API groups of Traefik's kinds.
var groups = []string{"traefik.io", "traefik.containo.us"}

func (c *cluster) traefik(kind, namespace, name string) Object {
	for _, g := range groups {
		if o := c.find(g, kind, namespace, name); o != nil {
			return o
		}
	}
	return nil
}

// byIngressRoute asks a route of that kind, whose rules name Middlewares of another.
func (c *cluster) byIngressRoute(kind, middleware string) func(Object, request) arrival {
	return func(o Object, q request) arrival {
		var a arrival
		for _, r := range list(o, "spec", "routes") {
			if !c.matches(text(r, "match"), q) || !q.may && c.beaten(kind, r, q) {
				continue
			}
			a |= c.guards(middleware, namespaceOf(o), list(r, "middlewares"), q).then(func() arrival {
				return c.traefikServices(namespaceOf(o), list(r, "services"), q)
			})
		}
		return a
	}
}

// beaten reports whether another route is for the request before this one: the
// longer rule, if neither has a priority. Which of two equals wins, nobody says.
func (c *cluster) beaten(kind string, route any, q request) bool {
	for _, g := range groups {
		for _, o := range c.all(g, kind) {
			for _, other := range list(o, "spec", "routes") {
				if priority(other) > priority(route) && c.matches(text(other, "match"), q) {
					return true
				}
			}
		}
	}
	return false
}

func priority(route any) int {
	if n := number(route, "priority"); n != 0 {
		return n
	}
	return len(text(route, "match"))
}

// guards is the verdict of middlewares in a row: one that denies is enough.
func (c *cluster) guards(kind, namespace string, refs []any, q request) guard {
	verdict := pass
	for _, ref := range refs {
		g := unsure
		if m := c.traefik(kind, or(text(ref, "namespace"), namespace), text(ref, "name")); m != nil {
			g = c.middleware(m, q)
		}
		verdict = max(verdict, g)
	}
	return verdict
}

func (c *cluster) middleware(m Object, q request) guard {
	switch q.hops++; {
	case q.hops <= maxHops:
	case q.may:
		return pass
	default:
		return deny // a chain of itself, which Traefik refuses
	}
	spec, _ := m["spec"].(Object)
	for what, value := range spec {
		switch what {
		case "basicAuth", "digestAuth", "forwardAuth":
			return deny
		case "ipAllowList", "ipWhiteList":
			return admits(q, texts(value, "sourceRange"))
		case "chain":
			return c.guards(text(m, "kind"), namespaceOf(m), list(value, "middlewares"), q)
		case "plugin":
			return unsure
		}
	}
	return pass
}

// named are middlewares as an annotation lists them: namespace-name@provider.
func (c *cluster) named(names string, q request) guard {
	verdict := pass
	for name := range strings.SplitSeq(names, ",") {
		g := unsure
		if in, ok := strings.CutSuffix(strings.TrimSpace(name), "@kubernetescrd"); ok {
			for _, group := range groups {
				for _, m := range c.all(group, "Middleware") {
					if namespaceOf(m)+"-"+text(m, "metadata", "name") == in {
						g = c.middleware(m, q)
					}
				}
			}
		}
		verdict = max(verdict, g)
	}
	return verdict
}

// traefikServices is a request to a Service, or to one that Traefik makes.
func (c *cluster) traefikServices(namespace string, refs []any, q request) arrival {
	var a arrival
	for _, ref := range refs {
		a |= c.traefikService(namespace, ref, q)
	}
	return a
}

func (c *cluster) traefikService(namespace string, ref any, q request) arrival {
	if q.hops++; q.hops > maxHops {
		return 0
	}
	namespace = or(text(ref, "namespace"), namespace)
	if text(ref, "kind") != "TraefikService" {
		return c.backend(namespace, text(ref, "name"), at(ref, "port"), q)
	}
	o := c.traefik("TraefikService", namespace, text(ref, "name"))
	if o == nil {
		return unknown
	}
	a := c.traefikServices(namespace, list(o, "spec", "weighted", "services"), q)
	if mirroring := at(o, "spec", "mirroring"); mirroring != nil {
		a |= c.traefikService(namespace, mirroring, q)
		a |= c.traefikServices(namespace, list(mirroring, "mirrors"), q)
	}
	return a
}
