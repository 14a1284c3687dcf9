package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/objects"
)

const gatewayGroup = "gateway.networking.k8s.io"

func (r *reader) gatewayRoute() {
	o := r.object
	var parents []Object
	for _, p := range objects.List(o, "spec", "parentRefs") {
		if kind := objects.Text(p, "kind"); kind != "Service" { // which is for requests inside of the mesh
			parents = append(parents, p)
		}
	}
	hosts, served := r.served(parents, folded(texts(objects.At(o, "spec", "hostnames"))))
	if !served {
		return
	}
	for i, rule := range objects.List(o, "spec", "rules") {
		path := fmt.Sprintf("spec.rules[%d]", i)
		r.asides = nil
		p := r.attached(parents, objects.Text(rule, "name"))
		p, to := r.filters(path, objects.List(rule, "filters"), p)
		for _, ref := range objects.List(rule, "backendRefs") {
			if weightless(ref) {
				continue
			}
			own, mirrors := r.filters(path, objects.List(ref, "filters"), p)
			r.branch(path, hosts, own.then(r.granted(ref)), append(r.backendRef(ref, path), mirrors...)...)
		}
		if len(to) > 0 {
			r.branch(path, hosts, p, to...)
		}
	}
}

func folded(all []string) []string {
	for i := range all {
		all[i] = hostname.Fold(all[i])
	}
	return all
}

// filters are what those of a rule ask of who comes, and where they send copies.
func (r *reader) filters(path string, all []Object, p passage) (passage, []target) {
	var to []target
	for _, f := range all {
		switch objects.Text(f, "type") {
		case "RequestMirror":
			to = append(to, r.backendRef(objects.Child(f, "requestMirror", "backendRef"), path)...)
		case "RequestRedirect":
			p.closed = true
		case "ExternalAuth":
			p = p.then(passage{guard: Asked})
		case "ExtensionRef":
			ref := objects.Child(f, "extensionRef")
			group, kind, name := objects.Text(ref, "group"), objects.Text(ref, "kind"), objects.Text(ref, "name")
			switch {
			case slices.Contains(traefikGroups, group) && kind == "Middleware":
				p = r.middleware(kind, r.Ref.Namespace, name, false, p, 0)
			case group == "gateway.nginx.org" && kind == "AuthenticationFilter":
				p = p.then(passage{guard: Asked})
			case group == "gateway.nginx.org", group == "gateway.envoyproxy.io":
			default:
				p = p.then(passage{guard: Unseen, blind: r.Ref, why: fmt.Sprintf("is filtered by the %s %s, which may ask who comes", kind, name)})
			}
		}
	}
	return p, to
}

// backendRef is what a reference of the Gateway API leads to.
func (r *reader) backendRef(ref Object, path string) []target {
	group, kind, name := objects.Text(ref, "group"), objects.Text(ref, "kind"), objects.Text(ref, "name")
	namespace := cmp.Or(objects.Text(ref, "namespace"), r.Ref.Namespace)
	switch {
	case name == "":
		return nil
	case group == "" && (kind == "" || kind == "Service"):
		return []target{{namespace: namespace, name: name, port: number(ref["port"])}}
	case slices.Contains(traefikGroups, group) && kind == traefikService:
		if strings.HasSuffix(name, "@internal") {
			return nil
		}
		return []target{{kind: kind, namespace: namespace, name: name}}
	}
	r.unclear(path+".backendRefs", "leads to the %s %s, which is not followed", kind, name)
	return nil
}

// served are the hosts that the route's Gateways serve it for, and whether any
// does. One that is not in the list may take any route.
func (r *reader) served(parents []Object, own []string) (hosts []string, served bool) {
	if len(own) == 0 {
		own = []string{""}
	}
	for _, p := range parents {
		namespace := cmp.Or(objects.Text(p, "namespace"), r.Ref.Namespace)
		gateway := r.Find(gatewayGroup, cmp.Or(objects.Text(p, "kind"), "Gateway"), namespace, objects.Text(p, "name"))
		listeners := objects.List(gateway, "spec", "listeners")
		if len(listeners) == 0 {
			hosts, served = append(hosts, own...), true
		}
		for _, l := range listeners {
			section, port := objects.Text(p, "sectionName"), number(p["port"])
			from := objects.Text(l, "allowedRoutes", "namespaces", "from")
			switch {
			case section != "" && section != objects.Text(l, "name"), port != "" && port != number(l["port"]):
			case (from == "" || from == "Same") && objects.Namespace(namespace) != objects.Namespace(r.Ref.Namespace), from == "None":
			default:
				for _, host := range own {
					if h, meets := meet(host, hostname.Fold(objects.Text(l, "hostname"))); meets || r.TCP {
						hosts, served = append(hosts, h), true
					}
				}
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), served
}

// meet is the host that two have in common; "" is any, and *.DOMAIN whatever ends
// so.
func meet(a, b string) (string, bool) {
	switch {
	case a == "":
		return b, true
	case b == "", a == b:
		return a, true
	case strings.HasPrefix(b, "*") && strings.HasSuffix(a, b[1:]):
		return a, true
	case strings.HasPrefix(a, "*") && strings.HasSuffix(b, a[1:]):
		return b, true
	}
	return "", false
}

// granted is whether a backend of another namespace may be used. A grant may be
// made elsewhere.
func (r *reader) granted(ref Object) passage {
	namespace := objects.Text(ref, "namespace")
	if namespace == "" || objects.Namespace(namespace) == objects.Namespace(r.Ref.Namespace) {
		return passage{}
	}
	for _, i := range r.OfKinds(func(kind string) bool { return kind == "ReferenceGrant" }) {
		if objects.Namespace(r.Refs[i].Namespace) != objects.Namespace(namespace) {
			continue
		}
		for _, from := range objects.List(r.All[i], "spec", "from") {
			if objects.Text(from, "kind") == r.Ref.Kind && objects.Namespace(objects.Text(from, "namespace")) == objects.Namespace(r.Ref.Namespace) {
				return passage{}
			}
		}
	}
	return passage{guard: Unseen, blind: r.Ref, why: fmt.Sprintf("leads to the namespace %s, for which no ReferenceGrant is in the list", namespace)}
}

// attached is what policies that are attached to a route, or to its Gateways, ask
// of who comes. A route's own goes before its Gateway's.
func (r *reader) attached(parents []Object, rule string) passage {
	own, found := r.policyFor(r.Ref.Kind, r.Ref.Namespace, r.Ref.Name, rule)
	if found && !own.merges {
		return own.passage
	}
	all := passage{guard: Asked}
	for _, parent := range parents {
		namespace := cmp.Or(objects.Text(parent, "namespace"), r.Ref.Namespace)
		p, _ := r.policyFor(cmp.Or(objects.Text(parent, "kind"), "Gateway"), namespace, objects.Text(parent, "name"), objects.Text(parent, "sectionName"))
		if p.guard < all.guard || p.guard == all.guard && !p.private { // people may come by any of them
			all = p.passage
		}
	}
	return own.then(all)
}

// policy is what one asks, or several.
type policy struct {
	passage
	merges bool // with what is asked further up
}

// aimed is what a policy targets, by name or, without one, by labels.
type aimed struct{ namespace, kind, name string }

func aims(o Object, ref Ref) []any {
	if !asksByName(ref.Kind) {
		return nil
	}
	in := objects.Namespace(ref.Namespace)
	var keys []any
	for _, t := range aimsAt(o) {
		keys = append(keys, aimed{in, objects.Text(t, "kind"), objects.Text(t, "name")})
	}
	if objects.At(o, "spec", "targetSelectors") != nil {
		keys = append(keys, aimed{namespace: in})
	}
	return keys
}

func aimsAt(o Object) []Object {
	targets := objects.List(o, "spec", "targetRefs")
	if one := objects.Child(o, "spec", "targetRef"); one != nil {
		targets = append(targets, one)
	}
	return targets
}

// policyFor is what a policy that targets an object asks. A section is a rule of
// a route, or a listener.
func (r *reader) policyFor(kind, namespace, name, section string) (policy, bool) {
	var whole, part policy
	foundWhole, foundPart := false, false
	in, index := objects.Namespace(namespace), r.Index("policies", aims)
	for _, i := range slices.Compact(index[aimed{in, kind, name}]) {
		o, ref := r.All[i], r.Refs[i]
		for _, t := range aimsAt(o) {
			if objects.Text(t, "kind") != kind || objects.Text(t, "name") != name {
				continue
			}
			switch of := objects.Text(t, "sectionName"); of {
			case "":
				whole.passage, foundWhole = whole.then(policyAsks(o, ref)), true
				whole.merges = whole.merges || objects.At(o, "spec", "mergeType") != nil
			case section:
				part.passage, foundPart = part.then(policyAsks(o, ref)), true
				part.merges = part.merges || objects.At(o, "spec", "mergeType") != nil
			}
		}
	}
	if byLabels := index[aimed{namespace: in}]; !foundWhole && !foundPart && len(byLabels) > 0 {
		whole.passage = passage{guard: Unseen, blind: r.Refs[byLabels[0]], why: "selects the routes that it is for by labels: whether this is one is not followed"}
		foundWhole = true
	}
	if foundPart {
		return part, true
	}
	return whole, foundWhole
}

// asksByName reports whether a kind of policy is about who may come.
func asksByName(kind string) bool {
	return strings.Contains(kind, "Policy") && (strings.Contains(kind, "Auth") || strings.Contains(kind, "Security"))
}

// policyAsks is what a policy of the Gateway API's implementations asks.
func policyAsks(o Object, ref Ref) passage {
	if !ref.Is("gateway.envoyproxy.io", "SecurityPolicy") {
		return passage{guard: Unseen, blind: ref, why: "is a policy that may ask who comes: it is not looked into"}
	}
	var p passage
	if program := objects.Child(o, "spec", "extAuth"); program["failOpen"] == true {
		p = passage{guard: Unseen, blind: ref, why: "lets everybody through while the program that it asks does not answer"}
	} else if program != nil {
		p.guard = Asked
	}
	for _, field := range []string{"basicAuth", "oidc", "apiKeyAuth", "jwt"} {
		if by := objects.Child(o, "spec", field); by != nil && by["optional"] != true {
			p = p.then(passage{guard: Asked})
		}
	}
	if rules := objects.Child(o, "spec", "authorization"); rules != nil {
		var ranges []string
		for _, rule := range objects.List(rules, "rules") {
			if objects.Text(rule, "action") == "Allow" {
				ranges = append(ranges, orAll(texts(objects.At(rule, "principal", "clientCIDRs")))...)
			}
		}
		p.private = objects.Text(rules, "defaultAction") != "Allow" && privateRanges(ranges)
	}
	return p
}

// orAll is every address where no range is written.
func orAll(ranges []string) []string {
	if len(ranges) == 0 {
		return []string{"0.0.0.0/0"}
	}
	return ranges
}
