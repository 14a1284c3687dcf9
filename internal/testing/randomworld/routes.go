package randomworld

import (
	"fmt"
	"strings"
)

// hosts that routes are for, half of them a private network's.
var hosts = []string{"ollama.example.com", "a.internal", "nas.home.arpa", "b.example.com", "c.local", "d.lan"}

var wildcards = []string{"*.example.com", "*.internal"}

func (w *world) host() string { return pick(w, hosts...) }

func (w *world) hostOrWildcard() string {
	if w.in(6) {
		return pick(w, wildcards...)
	}
	return w.host()
}

var ranges = []list{{"10.0.0.0/8"}, {"0.0.0.0/0"}, {"192.168.0.0/16", "10.0.0.0/8"}, {"0.0.0.0/1", "128.0.0.0/1"}, {"8.8.8.0/24"}}

func joined(l list, sep string) string {
	var all []string
	for _, e := range l {
		all = append(all, e.(string))
	}
	return strings.Join(all, sep)
}

func (w *world) ingress() {
	namespace, _, _ := w.somewhere()
	backend := func() Object {
		name, port := w.somewhereIn(namespace)
		p := Object{"number": port}
		if s, ok := port.(string); ok {
			p = Object{"name": s}
		}
		return Object{"service": Object{"name": name, "port": p}}
	}
	spec, notes := Object{}, Object{}
	var rules list
	for range w.n(3) {
		var paths list
		for range 1 + w.n(2) {
			paths = append(paths, Object{"path": pick(w, "/", "/api", "/docs"), "pathType": pick(w, "Prefix", "Exact", "ImplementationSpecific"), "backend": backend()})
		}
		rule := Object{"http": Object{"paths": paths}}
		if !w.in(4) {
			rule["host"] = w.hostOrWildcard()
		}
		rules = append(rules, rule)
	}
	if len(rules) > 0 {
		spec["rules"] = rules
	}
	if len(rules) == 0 || w.in(4) {
		spec["defaultBackend"] = backend()
	}
	class := pick(w, "nginx", "traefik", "f5", "", "tailscale")
	if class != "" {
		spec["ingressClassName"] = class
	}
	if controller := map[string]string{"nginx": "k8s.io/ingress-nginx", "traefik": "traefik.io/ingress-controller", "f5": "nginx.org/ingress-controller", "tailscale": "tailscale.com/ts-ingress"}[class]; controller != "" {
		w.add("networking.k8s.io/v1", "IngressClass", "", class, Object{"spec": Object{"controller": controller}})
	}
	note := class
	if class != "" && w.in(8) { // another controller's
		note = pick(w, "nginx", "traefik", "f5")
	}
	switch note {
	case "nginx":
		const prefix = "nginx.ingress.kubernetes.io/"
		switch w.n(4) {
		case 1:
			notes[prefix+"auth-url"] = "https://login.example.com/auth"
		case 2:
			notes[prefix+"auth-type"], notes[prefix+"auth-secret"] = "basic", "passwords"
		}
		if w.in(4) {
			notes[prefix+"whitelist-source-range"] = joined(pick(w, ranges...), ",")
			if w.in(3) {
				notes[prefix+"satisfy"] = "any"
			}
		}
	case "traefik":
		if refs := w.middlewares("traefik.io", "Middleware", namespace); len(refs) > 0 {
			var names []string
			for _, r := range refs {
				ns, _ := r.(Object)["namespace"].(string)
				if ns == "" {
					ns = in(namespace)
				}
				names = append(names, fmt.Sprintf("%s-%s@kubernetescrd", ns, r.(Object)["name"]))
			}
			if w.in(8) {
				names = append(names, "login@file")
			}
			notes["traefik.ingress.kubernetes.io/router.middlewares"] = strings.Join(names, ",")
		}
	case "f5":
		switch w.n(3) {
		case 1:
			notes["nginx.org/basic-auth-secret"] = "passwords"
		case 2:
			var names []string
			for _, r := range w.policies(namespace) {
				name := r.(Object)["name"].(string)
				if ns, _ := r.(Object)["namespace"].(string); ns != "" {
					name = ns + "/" + name
				}
				names = append(names, name)
			}
			if len(names) > 0 {
				notes["nginx.org/policies"] = strings.Join(names, ",")
			}
		}
	case "tailscale":
		if w.in(2) {
			notes["tailscale.com/funnel"] = "true"
		}
	}
	o := Object{"spec": spec}
	if len(notes) > 0 {
		o["metadata"] = Object{"annotations": notes}
	}
	w.add("networking.k8s.io/v1", "Ingress", namespace, pick(w, "web", "www"), o)
}

// somewhereIn is somewhere in a namespace, if there is anything.
func (w *world) somewhereIn(namespace string) (name string, port any) {
	for range 4 {
		if ns, name, port := w.somewhere(); in(ns) == in(namespace) {
			return name, port
		}
	}
	return pick(w, services...), 80
}

// numberedIn is the same with a port's number.
func (w *world) numberedIn(namespace string) (string, int) {
	for range 4 {
		if ns, name, port := w.numbered(); in(ns) == in(namespace) {
			return name, port
		}
	}
	return pick(w, services...), 80
}

// rule is a rule of a router of Traefik's.
func (w *world) rule(depth int) string {
	if depth == 0 || w.n(3) == 0 {
		switch w.n(12) {
		case 6:
			return pick(w, "PathPrefix(`/`)", "PathPrefix(`/api`)", "Path(`/docs/x`)")
		case 7:
			return "ClientIP(`" + joined(pick(w, list{"10.0.0.0/8"}, list{"0.0.0.0/1"}, list{"192.168.0.0/16"}), "") + "`)"
		case 8:
			return pick(w, "HostRegexp(`^.+\\.internal$`)", "HostRegexp(`a\\.internal`)", "HostRegexp(`.*`)", "HostRegexp(`^[a-z]+\\.example\\.com$`)", "HostRegexp(`\\.internal$`)")
		case 9:
			return pick(w, "Method(`GET`)", "Method(`POST`)")
		case 10:
			return "Header(`X-Version`, `2`)"
		}
		return "Host(`" + w.host() + "`)"
	}
	return w.combined(func() string { return w.rule(depth - 1) })
}

func (w *world) ruleTCP(depth int) string {
	if depth == 0 || w.n(2) == 0 {
		switch w.n(6) {
		case 4:
			return "ClientIP(`" + pick(w, "10.0.0.0/8", "0.0.0.0/1") + "`)"
		case 2, 3:
			return "HostSNI(`" + w.host() + "`)"
		case 5:
			return pick(w, "HostSNIRegexp(`^.+\\.internal$`)", "HostSNIRegexp(`.+`)")
		}
		return "HostSNI(`*`)"
	}
	return w.combined(func() string { return w.ruleTCP(depth - 1) })
}

func (w *world) combined(part func() string) string {
	switch w.n(5) {
	case 0, 1:
		return part() + " && " + part()
	case 2:
		return part() + " || " + part()
	case 3:
		return "!" + "(" + part() + ")"
	default:
		return "(" + part() + " || " + part() + ") && " + part()
	}
}

func (w *world) ingressRoute() { w.traefikRoute("IngressRoute", "Middleware", w.rule) }

func (w *world) ingressRouteTCP() { w.traefikRoute("IngressRouteTCP", "MiddlewareTCP", w.ruleTCP) }

func (w *world) traefikRoute(kind, middleware string, rule func(int) string) {
	namespace := w.space()
	group := pick(w, "traefik.io", "traefik.io", "traefik.io", "traefik.containo.us")
	tcp := kind == "IngressRouteTCP"
	var routes list
	sni := false
	for range 1 + w.n(2) {
		match := rule(w.n(3))
		sni = sni || strings.Contains(match, "HostSNI") && !strings.Contains(match, "`*`")
		r := Object{"match": match, "services": w.traefikServices(group, namespace, 2, tcp)}
		if !tcp {
			r["kind"] = "Rule"
		}
		if refs := w.middlewares(group, middleware, namespace); len(refs) > 0 {
			r["middlewares"] = refs
		}
		if w.in(8) {
			r["priority"] = pick(w, 1, 1000)
		}
		routes = append(routes, r)
	}
	spec := Object{"routes": routes}
	if sni {
		spec["tls"] = Object{}
	}
	w.add(group+"/v1alpha1", kind, namespace, pick(w, "web", "www"), Object{"spec": spec})
}

// traefikServices are Services, or those that Traefik makes of others.
func (w *world) traefikServices(group, namespace string, depth int, plain bool) list {
	var all list
	for range 1 + w.n(4)/3 {
		if !plain && depth > 0 && w.in(4) {
			all = append(all, w.traefikService(group, namespace, depth-1))
			continue
		}
		ns, name, port := w.somewhere()
		ref := Object{"name": name, "port": port}
		if in(ns) != in(namespace) || w.in(8) {
			ref["namespace"] = in(ns)
		}
		if !plain && w.in(4) {
			ref["kind"] = "Service"
		}
		all = append(all, ref)
	}
	return all
}

func (w *world) traefikService(group, namespace string, depth int) Object {
	name := pick(w, "t", "u", "v")
	ref := Object{"kind": "TraefikService", "name": name}
	if w.in(4) {
		namespace = w.space()
		ref["namespace"] = in(namespace)
	}
	switch w.n(8) {
	case 7: // not there
	case 4, 5, 6:
		mirroring := w.traefikServices(group, namespace, depth, false)[0].(Object)
		mirror := w.traefikServices(group, namespace, depth, false)[0].(Object)
		mirror["percent"] = 10
		mirroring["mirrors"] = list{mirror}
		w.add(group+"/v1alpha1", "TraefikService", namespace, name, Object{"spec": Object{"mirroring": mirroring}})
	default:
		parts := w.traefikServices(group, namespace, depth, false)
		for _, p := range parts {
			p.(Object)["weight"] = 1
		}
		w.add(group+"/v1alpha1", "TraefikService", namespace, name, Object{"spec": Object{"weighted": Object{"services": parts}}})
	}
	return ref
}

// middlewares are references to some, most of which are there.
func (w *world) middlewares(group, kind, namespace string) list {
	var refs list
	for range max(0, w.n(6)-3) {
		refs = append(refs, w.middleware(group, kind, namespace, 2))
	}
	return refs
}

func (w *world) middleware(group, kind, namespace string, depth int) Object {
	name := pick(w, "m", "n", "o", "p")
	ref := Object{"name": name}
	if w.in(8) {
		namespace = w.space()
		ref["namespace"] = in(namespace)
	}
	var spec Object
	if kind == "MiddlewareTCP" {
		spec = pick(w, Object{"ipAllowList": Object{"sourceRange": pick(w, ranges...)}}, Object{"inFlightConn": Object{"amount": 10}})
	} else {
		switch w.n(12) {
		case 0, 1:
			spec = Object{"basicAuth": Object{"secret": "passwords"}}
		case 2:
			spec = pick(w, Object{"digestAuth": Object{"secret": "passwords"}}, Object{"forwardAuth": Object{"address": "http://login.example.com"}})
		case 3, 4:
			spec = Object{"ipAllowList": Object{"sourceRange": pick(w, ranges...)}}
		case 5:
			spec = Object{"redirectScheme": Object{"scheme": "https", "permanent": true}}
		case 6:
			spec = pick(w, Object{"stripPrefix": Object{"prefixes": list{"/api"}}}, Object{"headers": Object{"frameDeny": true}},
				Object{"rateLimit": Object{"average": 100}}, Object{"compress": Object{}}, Object{"retry": Object{"attempts": 4}})
		case 7, 8:
			if depth > 0 {
				var parts list
				for range 1 + w.n(2) {
					parts = append(parts, w.middleware(group, kind, namespace, depth-1))
				}
				spec = Object{"chain": Object{"middlewares": parts}}
				break
			}
			spec = Object{"basicAuth": Object{"secret": "passwords"}}
		case 9:
			spec = Object{"plugin": Object{"login": Object{"issuer": "https://login.example.com"}}}
		case 10: // not there
			return ref
		default:
			spec = Object{"redirectScheme": Object{"scheme": "https"}}
		}
	}
	w.add(group+"/v1alpha1", kind, namespace, name, Object{"spec": spec})
	return ref
}

func (w *world) gatewayRoute() {
	const group = "gateway.networking.k8s.io"
	namespace, _, _ := w.somewhere()
	kind := pick(w, "HTTPRoute", "HTTPRoute", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute")
	version := map[string]string{"HTTPRoute": "/v1", "GRPCRoute": "/v1", "TLSRoute": "/v1alpha2", "TCPRoute": "/v1alpha2"}[kind]
	parent := Object{"name": "gw"}
	at := namespace
	if w.in(3) {
		at = w.space()
		parent["namespace"] = in(at)
	}
	if w.in(12) {
		parent = Object{"group": "", "kind": "Service", "name": "ollama"}
	}
	if w.n(3) > 0 {
		var listeners list
		for i := range 1 + w.n(2) {
			protocol, port := "HTTP", 80+i
			l := Object{"name": fmt.Sprintf("l%d", i), "port": port}
			switch kind {
			case "TCPRoute":
				protocol = "TCP"
			case "TLSRoute":
				protocol = "TLS"
				l["tls"] = Object{"mode": "Passthrough"}
			}
			l["protocol"] = protocol
			if kind != "TCPRoute" && w.in(3) {
				l["hostname"] = w.hostOrWildcard()
			}
			if w.in(2) {
				l["allowedRoutes"] = Object{"namespaces": Object{"from": pick(w, "All", "Same")}}
			}
			listeners = append(listeners, l)
		}
		w.add(group+"/v1", "Gateway", at, "gw", Object{"spec": Object{"gatewayClassName": "gw", "listeners": listeners}})
		if w.in(4) {
			parent["sectionName"] = "l0"
		}
	}
	spec := Object{"parentRefs": list{parent}}
	if kind != "TCPRoute" && (kind == "TLSRoute" || w.n(3) > 0) {
		names := list{w.hostOrWildcard()}
		if w.in(3) {
			names = append(names, w.host())
		}
		spec["hostnames"] = names
	}
	backend := func() Object {
		ns, name, port := w.numbered()
		ref := Object{"name": name, "port": port}
		if in(ns) != in(namespace) {
			ref["namespace"] = in(ns)
			if !w.in(4) {
				w.add(group+"/v1beta1", "ReferenceGrant", ns, "grant-"+in(namespace)+"-"+strings.ToLower(kind), Object{"spec": Object{
					"from": list{Object{"group": group, "kind": kind, "namespace": in(namespace)}},
					"to":   list{Object{"group": "", "kind": "Service"}}}})
			}
		}
		if w.in(8) {
			ref["weight"] = pick(w, 1, 0)
		}
		return ref
	}
	var rules list
	for range 1 + w.n(2) {
		rule := Object{"backendRefs": list{backend()}}
		if w.in(4) {
			rule["backendRefs"] = list{backend(), backend()}
		}
		if kind == "HTTPRoute" {
			if w.in(2) {
				match := Object{"path": Object{"type": pick(w, "PathPrefix", "Exact"), "value": pick(w, "/", "/api", "/docs/x")}}
				if w.in(4) {
					match["method"] = "POST"
				}
				if w.in(4) {
					match["headers"] = list{Object{"name": "X-Version", "value": "2"}}
				}
				rule["matches"] = list{match}
			}
			switch w.n(8) {
			case 5:
				rule["filters"] = list{Object{"type": "RequestMirror", "requestMirror": Object{"backendRef": backend()}}}
			case 6:
				ref := w.middleware("traefik.io", "Middleware", namespace, 1)
				if ref["namespace"] == nil {
					rule["filters"] = list{Object{"type": "ExtensionRef", "extensionRef": Object{"group": "traefik.io", "kind": "Middleware", "name": ref["name"]}}}
				}
			case 7:
				rule["filters"] = list{Object{"type": "ExtensionRef", "extensionRef": Object{"group": "example.com", "kind": "Login", "name": "login"}}}
			}
		}
		rules = append(rules, rule)
	}
	spec["rules"] = rules
	w.add(group+version, kind, namespace, pick(w, "web", "www"), Object{"spec": spec})
}

const f5 = "k8s.nginx.org/v1"

// policies are references to some of F5's, most of which are there.
func (w *world) policies(namespace string) list {
	var refs list
	for range max(0, w.n(6)-3) {
		name, at := pick(w, "k", "l", "m"), namespace
		ref := Object{"name": name}
		if w.in(6) {
			at = w.space()
			ref["namespace"] = in(at)
		}
		var spec Object
		switch w.n(10) {
		case 0, 1:
			spec = Object{"basicAuth": Object{"secret": "passwords"}}
		case 2:
			spec = pick(w, Object{"jwt": Object{"realm": "ai", "secret": "keys"}}, Object{"oidc": Object{"clientID": "ai", "clientSecret": "oidc", "authEndpoint": "https://login.example.com/auth", "tokenEndpoint": "https://login.example.com/token", "jwksURI": "https://login.example.com/keys"}},
				Object{"apiKey": Object{"clientSecret": "keys", "suppliedIn": Object{"header": list{"X-Key"}}}})
		case 3, 4:
			spec = Object{"accessControl": Object{"allow": pick(w, ranges...)}}
		case 5:
			spec = Object{"accessControl": Object{"deny": pick(w, list{"10.0.0.0/8"}, list{"0.0.0.0/0"}, list{"8.8.8.0/24"})}}
		case 6, 7:
			spec = pick(w, Object{"rateLimit": Object{"rate": "10r/s", "zoneSize": "10M", "key": "${binary_remote_addr}"}}, Object{"egressMTLS": Object{"tlsSecret": "mtls"}})
		case 8:
			spec = Object{"ingressMTLS": Object{"clientCertSecret": "ca"}}
			if v := pick(w, "", "on", "optional"); v != "" {
				spec["ingressMTLS"].(Object)["verifyClient"] = v
			}
		}
		refs = append(refs, ref)
		if spec != nil {
			w.add(f5, "Policy", at, name, Object{"spec": spec})
		}
	}
	return refs
}

func (w *world) upstreams(namespace string) list {
	var all list
	for _, name := range []string{"one", "two"}[:1+w.n(2)] {
		service, port := w.numberedIn(namespace)
		all = append(all, Object{"name": name, "service": service, "port": port})
	}
	return all
}

func (w *world) action(route Object) {
	to := func() Object {
		switch w.n(8) {
		case 6:
			return Object{"proxy": Object{"upstream": "one", "rewritePath": "/"}}
		case 7:
			return pick(w, Object{"return": Object{"code": 200, "body": "hello"}}, Object{"redirect": Object{"url": "https://example.com", "code": 301}})
		}
		return Object{"pass": pick(w, "one", "one", "two")}
	}
	if w.in(5) {
		route["splits"] = list{Object{"weight": 50, "action": to()}, Object{"weight": 50, "action": to()}}
	} else {
		route["action"] = to()
	}
	if w.in(8) {
		route["matches"] = list{Object{"conditions": list{pick(w, Object{"header": "X-Version", "value": "2"}, Object{"variable": "$request_method", "value": "POST"})}, "action": to()}}
	}
}

func (w *world) virtualServer() {
	namespace, _, _ := w.somewhere()
	host := w.host()
	spec := Object{"host": host, "upstreams": w.upstreams(namespace)}
	if refs := w.policies(namespace); len(refs) > 0 {
		spec["policies"] = refs
	}
	var routes list
	for _, path := range []string{pick(w, "/", "/api", "=/api/tags"), "/docs"}[:1+w.n(2)] {
		r := Object{"path": path}
		if refs := w.policies(namespace); len(refs) > 0 {
			r["policies"] = refs
		}
		if w.in(4) && path != "=/api/tags" {
			at := w.space()
			r["route"] = in(at) + "/sub"
			if in(at) == in(namespace) && w.in(2) {
				r["route"] = "sub"
			}
			if !w.in(6) {
				sub := Object{"path": path}
				if refs := w.policies(at); len(refs) > 0 {
					sub["policies"] = refs
				}
				w.action(sub)
				w.add(f5, "VirtualServerRoute", at, "sub", Object{"spec": Object{"host": host, "upstreams": w.upstreams(at), "subroutes": list{sub}}})
			}
		} else {
			w.action(r)
		}
		routes = append(routes, r)
	}
	spec["routes"] = routes
	w.add(f5, "VirtualServer", namespace, pick(w, "web", "www"), Object{"spec": spec})
}

func (w *world) transportServer() {
	namespace, _, _ := w.somewhere()
	spec := Object{"listener": Object{"name": "raw", "protocol": "TCP"}, "upstreams": w.upstreams(namespace), "action": Object{"pass": "one"}}
	if w.in(2) {
		spec["listener"] = Object{"name": "tls-passthrough", "protocol": "TLS_PASSTHROUGH"}
		spec["host"] = w.host()
	}
	w.add(f5, "TransportServer", namespace, pick(w, "raw", "tcp"), Object{"spec": spec})
}

func (w *world) virtualService() {
	const group = "networking.istio.io/v1"
	namespace := w.space()
	destination := func() Object {
		ns, name, port := w.numbered()
		d := Object{"host": name, "port": Object{"number": port}}
		if in(ns) != in(namespace) || w.in(3) {
			d["host"] = fmt.Sprintf("%s.%s.svc.cluster.local", name, in(ns))
		}
		return d
	}
	rules := func() list {
		var all list
		for range 1 + w.n(2) {
			r := Object{"route": list{Object{"destination": destination()}}}
			if w.in(3) {
				r["match"] = list{pick(w, Object{"uri": Object{"prefix": "/api"}}, Object{"uri": Object{"exact": "/docs/x"}}, Object{"headers": Object{"x-version": Object{"exact": "2"}}})}
			}
			switch w.n(8) {
			case 5:
				r["mirror"] = destination()
			case 6:
				r["mirrors"] = list{Object{"destination": destination()}}
			case 7:
				delete(r, "route")
				r["redirect"] = Object{"uri": "/elsewhere"}
			}
			all = append(all, r)
		}
		return all
	}
	spec := Object{"hosts": pick(w, list{w.host()}, list{"*"}, list{w.hostOrWildcard(), w.host()}), "http": rules()}
	if w.in(4) {
		d := Object{"name": "part"}
		at := namespace
		if w.in(2) {
			at = w.space()
			d["namespace"] = in(at)
		}
		if !w.in(4) {
			w.add(group, "VirtualService", at, "part", Object{"spec": Object{"http": rules()}})
		}
		spec["http"] = list{Object{"delegate": d}}
	}
	switch w.n(8) {
	case 6:
		spec["gateways"] = list{"mesh"}
	case 7: // the mesh's
	default:
		at := w.space()
		spec["gateways"] = list{pick(w, in(at)+"/door", "door")}
		if w.in(4) {
			spec["gateways"] = append(spec["gateways"].(list), "mesh")
		}
		if w.in(2) {
			server := Object{"port": Object{"number": 443, "name": "https", "protocol": "HTTPS"},
				"hosts": pick(w, list{"*"}, list{"*.internal"}, list{"*/ollama.example.com"}, list{"a.internal", "b.example.com"}),
				"tls":   Object{"mode": pick(w, "SIMPLE", "SIMPLE", "MUTUAL"), "credentialName": "tls"}}
			w.add(group, "Gateway", at, "door", Object{"spec": Object{"selector": Object{"istio": "ingressgateway"}, "servers": list{server}}})
		}
	}
	w.add(group, "VirtualService", namespace, pick(w, "web", "www"), Object{"spec": spec})
}

func (w *world) openShiftRoute() {
	namespace, name, port := w.somewhere()
	spec := Object{"to": Object{"kind": "Service", "name": name, "weight": 100}}
	if !w.in(4) {
		spec["host"] = w.host()
	}
	if w.in(4) {
		spec["path"] = "/api"
	}
	if w.in(2) {
		if s, ok := port.(string); ok {
			spec["port"] = Object{"targetPort": s}
		} else {
			spec["port"] = Object{"targetPort": pick[any](w, 11434, "http", 8080)}
		}
	}
	if w.in(4) {
		other, _ := w.somewhereIn(namespace)
		spec["alternateBackends"] = list{Object{"kind": "Service", "name": other, "weight": pick(w, 10, 0)}}
	}
	o := Object{"spec": spec}
	if w.in(4) {
		o["metadata"] = Object{"annotations": Object{"haproxy.router.openshift.io/ip_allowlist": joined(pick(w, ranges...), " ")}}
	}
	w.add("route.openshift.io/v1", "Route", namespace, pick(w, "web", "www"), o)
}
