package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/objects"
)

const f5Group = "k8s.nginx.org"

func (r *reader) virtualServer() {
	o := r.object
	hosts := []string{hostname.Fold(objects.Text(o, "spec", "host"))}
	whole := f5Level{objects.List(o, "spec", "policies"), r.Ref.Namespace}
	own := upstreamsOf(o, r.Ref.Namespace)
	for i, route := range objects.List(o, "spec", "routes") {
		path := fmt.Sprintf("spec.routes[%d]", i)
		level := f5Level{objects.List(route, "policies"), r.Ref.Namespace}
		r.branch(path, hosts, r.f5Policies(whole, level), passes(route, own)...)
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
		if hostname.Fold(objects.Text(sub, "spec", "host")) != hosts[0] {
			continue // which the controller refuses
		}
		theirs := upstreamsOf(sub, namespace)
		for j, s := range objects.List(sub, "spec", "subroutes") {
			if !strings.HasPrefix(objects.Text(s, "path"), objects.Text(route, "path")) {
				continue // refused as well
			}
			r.branch(fmt.Sprintf("%s.route.subroutes[%d]", path, j), hosts,
				r.f5Policies(whole, level, f5Level{objects.List(s, "policies"), namespace}), passes(s, theirs)...)
		}
	}
}

func (r *reader) transportServer() {
	if objects.Text(r.object, "spec", "listener", "protocol") == "UDP" { // the programs speak TCP
		return
	}
	up := upstreamsOf(r.object, r.Ref.Namespace)
	var hosts []string
	if host := hostname.Fold(objects.Text(r.object, "spec", "host")); host != "" {
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

// f5Level is references to policies that stand in one place, and the namespace of
// those that name none.
type f5Level struct {
	refs      []Object
	namespace string
}

// f5Policies are what the policies of some levels ask together, the whole in
// front of its parts.
func (r *reader) f5Policies(levels ...f5Level) passage {
	var p passage
	for _, level := range levels {
		asks, allow, deny := r.f5Policy(level)
		p = p.then(asks)
		if len(allow)+len(deny) > 0 { // what is allowed counts before what is denied
			p.private = privateRanges(allow)
			p.closed = len(allow) == 0 && slices.Contains(deny, "0.0.0.0/0")
		}
	}
	return p
}

// f5Policy is whom the policies of one level ask, and their lists of addresses:
// those of one level are one list, which replaces that of the level before.
func (r *reader) f5Policy(level f5Level) (p passage, allow, deny []string) {
	for _, ref := range level.refs {
		namespace, name := cmp.Or(objects.Text(ref, "namespace"), level.namespace), objects.Text(ref, "name")
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
	return p, allow, deny
}
