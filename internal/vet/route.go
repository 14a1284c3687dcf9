package vet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// route is a way in from outside the cluster: an Ingress, a route of the Gateway
// API, Traefik's or F5's own kinds.
type route struct {
	ref         Ref
	hosts       []string // as written; "" is every host
	backends    []backend
	middlewares []string // Traefik's, as namespace/name
	policies    []string // F5's, as namespace/name
	tcp         bool     // there are no hosts to tell apart
	annotations map[string]string
	class       string
}

// backend is a Service that a route leads to, and its port's number or name, ""
// where none is said.
type backend struct{ namespace, service, port string }

// port of a Service, as a JSON tree has its number or name.
func port(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func routeOf(o Object, ref Ref) (route, bool) {
	r := route{ref: ref, annotations: objects.Annotations(o)}
	switch {
	case ref.Is("networking.k8s.io", "Ingress"):
		r.ingress(o)
	case ref.Is("gateway.networking.k8s.io", "HTTPRoute"), ref.Is("gateway.networking.k8s.io", "GRPCRoute"), ref.Is("gateway.networking.k8s.io", "TLSRoute"):
		r.httpRoute(o)
	case ref.Is("gateway.networking.k8s.io", "TCPRoute"):
		r.tcp = true
		r.httpRoute(o)
	case ref.Is("traefik.io", "IngressRoute"):
		r.ingressRoute(o)
	case ref.Is("traefik.io", "IngressRouteTCP"):
		r.tcp = true
		r.ingressRoute(o)
	case ref.Is("k8s.nginx.org", "VirtualServer"):
		r.hosts = []string{objects.Text(o, "spec", "host")}
		r.virtualServer(o)
	case ref.Is("k8s.nginx.org", "TransportServer"):
		r.tcp = true
		r.virtualServer(o)
	default:
		return route{}, false
	}
	if len(r.hosts) == 0 {
		r.hosts = []string{""}
	}
	return r, true
}

func (r *route) ingress(o Object) {
	r.class = objects.Text(o, "spec", "ingressClassName")
	if r.class == "" {
		r.class = r.annotations["kubernetes.io/ingress.class"]
	}
	add := func(o Object, path ...string) {
		s := objects.Child(o, append(path, "service")...)
		if name := objects.Text(s, "name"); name != "" {
			r.backends = append(r.backends, backend{r.ref.Namespace, name, orElse(objects.Text(s, "port", "name"), port(objects.At(s, "port", "number")))})
		}
	}
	for name := range strings.SplitSeq(r.annotations["nginx.org/policies"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			r.policies = append(r.policies, r.ref.Namespace+"/"+name)
		}
	}
	add(o, "spec", "defaultBackend")
	for _, rule := range objects.List(o, "spec", "rules") {
		r.hosts = append(r.hosts, objects.Text(rule, "host"))
		for _, p := range objects.List(rule, "http", "paths") {
			add(p, "backend")
		}
	}
	for name := range strings.SplitSeq(r.annotations["traefik.ingress.kubernetes.io/router.middlewares"], ",") {
		name, ofCRD := strings.CutSuffix(strings.TrimSpace(name), "@kubernetescrd")
		if name == "" || !ofCRD {
			continue
		}
		// The namespace and the name are joined by a dash, which both may have.
		if own, ok := strings.CutPrefix(name, r.ref.Namespace+"-"); ok {
			name = r.ref.Namespace + "/" + own
		}
		r.middlewares = append(r.middlewares, name)
	}
}

func (r *route) httpRoute(o Object) {
	hosts, _ := objects.At(o, "spec", "hostnames").([]any)
	for _, h := range hosts {
		if s, ok := h.(string); ok {
			r.hosts = append(r.hosts, s)
		}
	}
	for _, rule := range objects.List(o, "spec", "rules") {
		for _, to := range objects.List(rule, "backendRefs") {
			r.service(to)
		}
		for _, f := range objects.List(rule, "filters") {
			if objects.Text(f, "extensionRef", "kind") == "Middleware" {
				r.middlewares = append(r.middlewares, r.ref.Namespace+"/"+objects.Text(f, "extensionRef", "name"))
			}
		}
	}
}

// service that a reference of the Gateway API or of Traefik is for; some are for
// other kinds.
func (r *route) service(to Object) {
	if kind := objects.Text(to, "kind"); kind == "" || kind == "Service" {
		r.backends = append(r.backends, backend{orElse(objects.Text(to, "namespace"), r.ref.Namespace), objects.Text(to, "name"), port(to["port"])})
	}
}

// hostMatch finds the hosts in a rule of Traefik's.
var hostMatch = regexp.MustCompile(`Host\(([^)]*)\)`)

func (r *route) ingressRoute(o Object) {
	for _, rule := range objects.List(o, "spec", "routes") {
		found := hostMatch.FindAllStringSubmatch(objects.Text(rule, "match"), -1)
		if found == nil {
			r.hosts = append(r.hosts, "")
		}
		for _, m := range found {
			for host := range strings.SplitSeq(m[1], ",") {
				r.hosts = append(r.hosts, strings.Trim(host, "` \"'"))
			}
		}
		for _, s := range objects.List(rule, "services") {
			r.service(s)
		}
		for _, m := range objects.List(rule, "middlewares") {
			r.middlewares = append(r.middlewares, orElse(objects.Text(m, "namespace"), r.ref.Namespace)+"/"+objects.Text(m, "name"))
		}
	}
}

// virtualServer is F5's, with a host, or its TransportServer, without.
func (r *route) virtualServer(o Object) {
	for _, u := range objects.List(o, "spec", "upstreams") {
		r.backends = append(r.backends, backend{r.ref.Namespace, objects.Text(u, "service"), port(u["port"])})
	}
	for _, p := range objects.List(o, "spec", "policies") {
		r.policies = append(r.policies, orElse(objects.Text(p, "namespace"), r.ref.Namespace)+"/"+objects.Text(p, "name"))
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// private reports whether only a private network reaches the route.
func (in *input) private(r route) bool {
	return !slices.ContainsFunc(r.hosts, func(host string) bool {
		return !in.facts.Private[host] && !v1alpha1.Host(host).Private()
	})
}

// leadsTo the first pod with such a container behind the route.
func (in *input) leadsTo(r route, want func(container) bool) (container, bool) {
	for _, b := range r.backends {
		for _, p := range in.behind(b.namespace, b.service) {
			for _, c := range p.containers() {
				if want(c) {
					return c, true
				}
			}
		}
	}
	return container{}, false
}
