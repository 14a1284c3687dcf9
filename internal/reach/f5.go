package reach

import (
	"fmt"
	"slices"

	"github.com/hearth-dev/hearth/internal/objects"
)

const f5Group = "k8s.nginx.org"

func (r *reader) virtualServer() {
	o := r.object
	hosts := []string{objects.Text(o, "spec", "host")}
	whole := r.f5Policies(objects.List(o, "spec", "policies"), r.Ref.Namespace)
	own := upstreamsOf(o, r.Ref.Namespace)
	for i, route := range objects.List(o, "spec", "routes") {
		path := fmt.Sprintf("spec.routes[%d]", i)
		p := whole.then(r.f5Policies(objects.List(route, "policies"), r.Ref.Namespace))
		r.branch(path, hosts, p, passes(route, own)...)
		if objects.At(route, "routeSelector") != nil {
			r.unclear(path+".routeSelector", "leads to the VirtualServerRoutes that have its labels, which are not followed")
		}
		delegate := objects.Text(route, "route")
		if delegate == "" {
			continue
		}
		namespace, name := split(delegate, r.Ref.Namespace)
		sub := r.Find(f5Group, "VirtualServerRoute", namespace, name)
		if sub == nil {
			r.unclear(path+".route", "leads to the VirtualServerRoute %s, which is not in the list", delegate)
			continue
		}
		theirs := upstreamsOf(sub, namespace)
		for j, s := range objects.List(sub, "spec", "subroutes") {
			r.branch(fmt.Sprintf("%s.route.subroutes[%d]", path, j), hosts,
				p.then(r.f5Policies(objects.List(s, "policies"), namespace)), passes(s, theirs)...)
		}
	}
}

func (r *reader) transportServer() {
	if objects.Text(r.object, "spec", "listener", "protocol") == "UDP" { // the programs speak TCP
		return
	}
	up := upstreamsOf(r.object, r.Ref.Namespace)
	var hosts []string
	if host := objects.Text(r.object, "spec", "host"); host != "" {
		hosts = []string{host}
	}
	r.branch("spec.action", hosts, passage{}, up[objects.Text(r.object, "spec", "action", "pass")]...)
}

// upstreamsOf are the Services of an object's upstreams, by the upstream's name.
func upstreamsOf(o Object, namespace string) map[string][]target {
	all := map[string][]target{}
	for _, u := range objects.List(o, "spec", "upstreams") {
		name := objects.Text(u, "name")
		of, service := split(objects.Text(u, "service"), namespace)
		all[name] = append(all[name], target{namespace: of, name: service, port: number(u["port"])})
		if backup := objects.Text(u, "backup"); backup != "" {
			of, service := split(backup, namespace)
			all[name] = append(all[name], target{namespace: of, name: service, port: number(u["backupPort"])})
		}
	}
	return all
}

// passes are where a route's actions lead: its own, those of its matches and of
// their splits.
func passes(route Object, upstreams map[string][]target) []target {
	var to []target
	action := func(o Object) {
		for _, name := range []string{objects.Text(o, "action", "pass"), objects.Text(o, "action", "proxy", "upstream")} {
			to = append(to, upstreams[name]...)
		}
		for _, s := range objects.List(o, "splits") {
			if weightless(s) {
				continue
			}
			for _, name := range []string{objects.Text(s, "action", "pass"), objects.Text(s, "action", "proxy", "upstream")} {
				to = append(to, upstreams[name]...)
			}
		}
	}
	action(route)
	for _, m := range objects.List(route, "matches") {
		action(m)
	}
	return to
}

// f5Policies are what those of one level ask together: their lists of addresses
// are one, of which what is allowed counts before what is denied.
func (r *reader) f5Policies(all []Object, namespace string) passage {
	var p passage
	var allow, deny []string
	for _, ref := range all {
		namespace, name := orElse(objects.Text(ref, "namespace"), namespace), objects.Text(ref, "name")
		o := r.Find(f5Group, "Policy", namespace, name)
		if o == nil {
			p = p.then(missing(Ref{Kind: "Policy", Name: name}, r.Ref))
			continue
		}
		for _, field := range []string{"basicAuth", "jwt", "oidc", "apiKey", "externalAuth"} {
			if objects.At(o, "spec", field) != nil {
				p = p.then(passage{guard: Asked})
			}
		}
		if mtls := objects.Child(o, "spec", "ingressMTLS"); mtls != nil {
			switch objects.Text(mtls, "verifyClient") {
			case "off", "optional", "optional_no_ca":
			default:
				p = p.then(passage{guard: Asked})
			}
		}
		allow = append(allow, texts(objects.At(o, "spec", "accessControl", "allow"))...)
		deny = append(deny, texts(objects.At(o, "spec", "accessControl", "deny"))...)
	}
	p.private = privateRanges(allow)
	p.closed = len(allow) == 0 && slices.Contains(deny, "0.0.0.0/0")
	return p
}
