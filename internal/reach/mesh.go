package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/objects"
)

// virtualService is Istio's. One for no gateway, or for the mesh alone, is for
// requests inside of the cluster.
func (r *reader) virtualService() {
	gateways := texts(objects.At(r.object, "spec", "gateways"))
	var in, hosts []string // the namespaces of its gateways, and its hosts
	for _, g := range gateways {
		namespace, _ := split(g, r.Ref.Namespace)
		in = append(in, namespace)
	}
	for _, h := range folded(texts(objects.At(r.object, "spec", "hosts"))) {
		if h == "*" {
			h = ""
		}
		hosts = append(hosts, h)
	}
	if hosts, p, served := r.gateways(gateways, hosts, r.authorized(in...)); served {
		r.virtualServiceOf(r.object, r.Ref.Namespace, hosts, p, "spec", 0)
	}
}

func (r *reader) virtualServiceOf(o Object, namespace string, hosts []string, p passage, at string, depth int) {
	p = p.then(r.authorized(namespace))
	for _, kind := range []string{"http", "tls", "tcp"} {
		for i, rule := range objects.List(o, "spec", kind) {
			path := fmt.Sprintf("%s.%s[%d]", at, kind, i)
			if objects.At(rule, "redirect") != nil || objects.At(rule, "directResponse") != nil {
				continue
			}
			var to []target
			add := func(destination Object) {
				if host := objects.Text(destination, "host"); host != "" {
					to = append(to, r.destination(host, number(objects.At(destination, "port", "number")), namespace, path)...)
				}
			}
			routes := objects.List(rule, "route")
			for _, route := range routes {
				if len(routes) > 1 && weightless(route) {
					continue
				}
				add(objects.Child(route, "destination"))
			}
			add(objects.Child(rule, "mirror"))
			for _, m := range objects.List(rule, "mirrors") {
				add(objects.Child(m, "destination"))
			}
			if len(to) > 0 {
				r.branch(path, hosts, p, to...)
			}
			if d := objects.Child(rule, "delegate"); d != nil && depth < maxChain {
				in := cmp.Or(objects.Text(d, "namespace"), namespace)
				if sub := r.Find("networking.istio.io", "VirtualService", in, objects.Text(d, "name")); sub != nil {
					r.virtualServiceOf(sub, in, hosts, p, path+".delegate", depth+1)
				} else {
					r.unclear(path+".delegate", "leads to the VirtualService %s of the namespace %s, which is not in the list", objects.Text(d, "name"), in)
				}
			}
		}
	}
}

// gateways are the hosts that Istio's Gateways serve, and what they ask: a
// certificate, where each of them does. One that is not in the list serves all.
func (r *reader) gateways(names, own []string, p passage) (hosts []string, asks passage, served bool) {
	certificate := true
	for _, full := range names {
		if full == "mesh" {
			continue
		}
		namespace, name := split(full, r.Ref.Namespace)
		servers := objects.List(r.Find("networking.istio.io", "Gateway", namespace, name), "spec", "servers")
		if len(servers) == 0 {
			hosts, served, certificate = append(hosts, own...), true, false
		}
		for _, s := range servers {
			for _, at := range texts(s["hosts"]) {
				if _, host, has := strings.Cut(at, "/"); has {
					at = host
				}
				if at == "*" {
					at = ""
				}
				for _, host := range own {
					h, meets := meet(host, hostname.Fold(at))
					if !meets {
						continue
					}
					hosts, served = append(hosts, h), true
					certificate = certificate && objects.Text(s, "tls", "mode") == "MUTUAL"
				}
			}
		}
	}
	if served && certificate {
		p = p.then(passage{guard: Asked})
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), p, served
}

// destination is the Service that Istio means by a host: a short name is of the
// object's own namespace.
func (r *reader) destination(host, port, namespace, path string) []target {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	switch i := slices.Index(labels, "svc"); {
	case len(labels) == 1:
		return []target{{namespace: namespace, name: host, port: port}}
	case i >= 2:
		return []target{{namespace: labels[i-1], name: labels[i-2], port: port}}
	}
	r.unclear(path, "leads to the host %s, which is not followed", host)
	return nil
}

// authorized is what Istio's policies ask of requests to pods of namespaces: they
// are seen, and not looked into.
func (r *reader) authorized(namespaces ...string) passage {
	policies := r.Index("authorization", func(_ Object, ref Ref) []any {
		if !ref.Is("security.istio.io", "AuthorizationPolicy") {
			return nil
		}
		return []any{objects.Namespace(ref.Namespace)}
	})
	for _, namespace := range append(slices.Clone(namespaces), "istio-system") {
		for _, i := range policies[objects.Namespace(namespace)] {
			return passage{guard: Unseen, blind: r.Refs[i], why: "is a policy that may ask who comes: it is not looked into"}
		}
	}
	return passage{}
}

// openShift is a Route of OpenShift's.
func (r *reader) openShift() {
	o := r.object
	port := number(objects.At(o, "spec", "port", "targetPort"))
	var p passage
	for _, key := range []string{"haproxy.router.openshift.io/ip_allowlist", "haproxy.router.openshift.io/ip_whitelist"} {
		p.private = p.private || privateRanges(words(r.Annotations[key], " "))
	}
	var to []target
	for _, t := range append([]Object{objects.Child(o, "spec", "to")}, objects.List(o, "spec", "alternateBackends")...) {
		if objects.Text(t, "name") != "" && !weightless(t) {
			to = append(to, target{name: objects.Text(t, "name"), port: r.routePort(objects.Text(t, "name"), port)})
		}
	}
	var hosts []string
	if host := hostname.Fold(objects.Text(o, "spec", "host")); host != "" {
		hosts = []string{host}
		if objects.Text(o, "spec", "wildcardPolicy") == "Subdomain" {
			_, domain, _ := strings.Cut(host, ".")
			hosts = []string{"*." + domain}
		}
	}
	r.branch("spec.to", hosts, p, to...)
}

// routePort is the port of a Service that a Route means, which names it by the
// pods' port.
func (r *reader) routePort(service, port string) string {
	for _, i := range r.ServicesNamed(r.Ref.Namespace, service) {
		for _, p := range r.Services[i].Spec.Ports {
			if port != "" && (p.Name == port || p.TargetPort.String() == port) {
				return fmt.Sprint(p.Port)
			}
		}
	}
	return "" // the number of a port that the pods give a name: any
}
