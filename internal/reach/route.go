package reach

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
)

// Object is a whole Kubernetes object as a JSON tree.
type Object = objects.Object

// Route is an object by which a controller lets people in: an Ingress, a route
// of the Gateway API, Traefik's, F5's, Istio's or OpenShift's own kinds.
type Route struct {
	Ref         Ref
	Annotations map[string]string
	// Class of an Ingress.
	Class string
	// TCP has no hosts to tell apart.
	TCP bool
	// Branches are its rules.
	Branches []Branch

	blind []Blind
	// asides are Services that a Middleware of the rule asks by the way.
	asides []aside
}

type aside struct {
	pass passage // that comes before
	to   target
}

// Branch is one rule of a route: for whom it is, who asks, and where it leads.
type Branch struct {
	Path string // of the rule
	// Hosts as written; "" is every host.
	Hosts []string

	pass passage
	to   []target
}

// Backend is a Service that a route names.
type Backend struct{ Namespace, Service, Port string }

// Backends of all branches, each once.
func (r Route) Backends() []Backend {
	var all []Backend
	seen := map[target]bool{}
	for _, b := range r.Branches {
		for _, t := range b.to {
			if t.kind == "" && !seen[t] {
				seen[t] = true
				all = append(all, Backend{t.namespace, t.name, t.port})
			}
		}
	}
	return all
}

// reader of one route, among the objects that it may name.
type reader struct {
	*objects.Set
	Route
	object Object
}

// routeOf reads an object that lets people in; false if it is of no such kind.
func routeOf(set *objects.Set, o Object, ref Ref) (Route, bool) {
	r := &reader{Set: set, Route: Route{Ref: ref, Annotations: objects.Annotations(o)}, object: o}
	switch ref.Group() + "/" + ref.Kind {
	case "networking.k8s.io/Ingress", "extensions/Ingress":
		r.ingress()
	case "gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute", "gateway.networking.k8s.io/TLSRoute":
		r.gatewayRoute()
	case "gateway.networking.k8s.io/TCPRoute":
		r.TCP = true
		r.gatewayRoute()
	case "traefik.io/IngressRoute", "traefik.containo.us/IngressRoute":
		r.ingressRoute()
	case "traefik.io/IngressRouteTCP", "traefik.containo.us/IngressRouteTCP":
		r.TCP = true
		r.ingressRoute()
	case "k8s.nginx.org/VirtualServer":
		r.virtualServer()
	case "k8s.nginx.org/TransportServer":
		r.TCP = true
		r.transportServer()
	case "networking.istio.io/VirtualService":
		r.virtualService()
	case "route.openshift.io/Route":
		r.openShift()
	default:
		return Route{}, false
	}
	return r.Route, true
}

// branch adds a rule. One for no host is for every host.
func (r *reader) branch(path string, hosts []string, p passage, to ...target) {
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	for i := range to {
		to[i].namespace = cmp.Or(to[i].namespace, r.Ref.Namespace)
	}
	r.Branches = append(r.Branches, Branch{Path: path, Hosts: hosts, pass: p, to: to})
	for _, a := range r.asides {
		r.Branches = append(r.Branches, Branch{Path: path, Hosts: hosts, pass: a.pass, to: []target{a.to}})
	}
}

// unclear notes what cannot be followed, if it says something.
func (r *reader) unclear(path, format string, args ...any) {
	r.blind = append(r.blind, Blind{Object: r.Ref, Path: path, Message: fmt.Sprintf(format, args...)})
}

// route follows one.
func (a *analysis) route(r Route) {
	for _, b := range r.Branches {
		pass := b.pass
		pass.private = pass.private || !slices.ContainsFunc(b.Hosts, func(host string) bool { return !a.facts.private(host) })
		if pass.guard == Asked || pass.closed {
			continue // wherever it leads
		}
		for _, t := range b.to {
			a.way(r.Ref, b.Path, b.Hosts, pass, a.follow(t, r.Ref, b.Path))
		}
	}
	for _, b := range r.blind {
		if len(a.sensitive) > 0 {
			a.blind(b)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Annotations)) {
		if strings.HasSuffix(key, "-snippets") || strings.HasSuffix(key, "-snippet") {
			a.snippet(r.Annotations[key], "metadata.annotations["+key+"]", r.Ref)
		}
	}
}

// number or name of a Service's port in a JSON tree.
func number(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// texts are the strings of a list.
func texts(v any) []string {
	var out []string
	all, _ := v.([]any)
	for _, e := range all {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// missing is a guard that is named and not in the list.
func missing(what Ref, by Ref) passage {
	return passage{guard: Unseen, blind: by, why: fmt.Sprintf("names the %s %s, which is not in the list: whether it asks who comes cannot be seen", what.Kind, what.Name)}
}
