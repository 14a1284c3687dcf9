package knock

import "strings"

// byIngress is a request to a controller that reads Ingresses.
func (c *cluster) byIngress(o Object, q request) arrival {
	return c.ingressGuard(o, q).then(func() arrival {
		var a arrival
		for _, b := range c.ingressBackends(o, q) {
			port := at(b, "service", "port", "name")
			if port == nil {
				port = at(b, "service", "port", "number")
			}
			if b != nil {
				a |= c.backend(namespaceOf(o), text(b, "service", "name"), port, q)
			}
		}
		return a
	})
}

// ingressBackends are those that a request goes to: the most specific host has
// it, then the longest path. What no rule is for goes to the default.
func (c *cluster) ingressBackends(o Object, q request) []any {
	var hosts [3][]any // exact, wildcard, any
	for _, r := range list(o, "spec", "rules") {
		switch host := text(r, "host"); {
		case host == q.host:
			hosts[0] = append(hosts[0], r)
		case host == "":
			hosts[2] = append(hosts[2], r)
		case suffixed(host, q.host, q.may):
			hosts[1] = append(hosts[1], r)
		}
	}
	var all []any
	if b := at(o, "spec", "defaultBackend"); b != nil && q.may {
		all = append(all, b)
	}
	for _, rules := range hosts {
		longest, best := -1, []any(nil)
		for _, r := range rules {
			for _, p := range list(r, "http", "paths") {
				path, exact := text(p, "path"), text(p, "pathType") == "Exact"
				if path != q.path && (exact || !under(q.path, path)) {
					continue
				}
				length := 2 * len(path)
				if exact {
					length++
				}
				switch {
				case q.may, length == longest:
					best = append(best, at(p, "backend"))
				case length > longest:
					best = []any{at(p, "backend")}
				}
				longest = max(longest, length)
			}
		}
		all = append(all, best...)
		if len(rules) > 0 && !q.may {
			if len(best) > 0 {
				return all
			}
			break
		}
	}
	if b := at(o, "spec", "defaultBackend"); b != nil && !q.may {
		all = append(all, b)
	}
	return all
}

// ingressGuard is what the annotations of the class's controller ask.
func (c *cluster) ingressGuard(o Object, q request) guard {
	class := text(o, "spec", "ingressClassName")
	controller := text(c.clusterWide("networking.k8s.io", "IngressClass", class), "spec", "controller")
	switch {
	case controller != "":
	case class == "tailscale":
		controller = "tailscale.com/ts-ingress"
	case at(o, "metadata", "annotations") != nil: // nobody knows who reads them
		if q.may {
			return pass
		}
		return deny
	}
	nginx := func(name string) string { return annotation(o, "nginx.ingress.kubernetes.io/"+name) }
	switch controller {
	case "k8s.io/ingress-nginx":
		asks, allows := pass, pass
		if nginx("auth-url") != "" || nginx("auth-type") != "" && nginx("auth-secret") != "" {
			asks = deny
		}
		if ranges := nginx("whitelist-source-range"); ranges != "" {
			allows = admits(q, strings.Split(ranges, ","))
			if nginx("satisfy") == "any" && asks == deny { // a password or an address
				return min(asks, allows)
			}
		}
		return max(asks, allows)
	case "nginx.org/ingress-controller":
		if annotation(o, "nginx.org/basic-auth-secret") != "" {
			return deny
		}
		if names := annotation(o, "nginx.org/policies"); names != "" {
			var refs []any
			for name := range strings.SplitSeq(names, ",") {
				ref := Object{"name": name}
				if ns, n, ok := strings.Cut(name, "/"); ok {
					ref = Object{"namespace": ns, "name": n}
				}
				refs = append(refs, ref)
			}
			return c.policies(namespaceOf(o), q, refs)
		}
	case "traefik.io/ingress-controller":
		if names := annotation(o, "traefik.ingress.kubernetes.io/router.middlewares"); names != "" {
			return c.named(names, q)
		}
	case "tailscale.com/ts-ingress":
		if annotation(o, "tailscale.com/funnel") != "true" && !q.addr.IsPrivate() {
			return deny
		}
	}
	return pass
}

func (c *cluster) clusterWide(group, kind, name string) Object {
	for _, o := range c.all(group, kind) {
		if text(o, "metadata", "name") == name {
			return o
		}
	}
	return nil
}
