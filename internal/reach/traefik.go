package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/traefikrule"
)

const traefikService = "TraefikService"

// traefikGroups are Traefik's API groups: that of version 3, and the one before.
var traefikGroups = []string{"traefik.io", "traefik.containo.us"}

func (r *reader) traefik(kind, namespace, name string) Object {
	return findTraefik(r.Set, kind, namespace, name)
}

func findTraefik(set *objects.Set, kind, namespace, name string) Object {
	for _, group := range traefikGroups {
		if o := set.Find(group, kind, namespace, name); o != nil {
			return o
		}
	}
	return nil
}

func (r *reader) ingressRoute() {
	parents, child := r.parents()
	tls := r.tlsOptions()
	for i, rule := range objects.List(r.object, "spec", "routes") {
		path := fmt.Sprintf("spec.routes[%d]", i)
		hosts, p, reads := r.match(rule, path)
		if !reads {
			continue
		}
		r.asides = nil
		own := r.ruleMiddlewares(rule, tls.then(p))
		to := r.traefikTargets(objects.List(rule, "services"), r.Ref.Namespace, path)
		if !child {
			r.branch(path, hosts, own, to...)
			continue
		}
		for _, parent := range parents { // a request has to pass the parent's rule as well
			at := hosts
			if slices.Contains(hosts, "") {
				at = parent.Hosts
			}
			r.branch(path, at, parent.pass.then(own), slices.Clone(to)...)
		}
	}
}

// match is for whom a rule is; false if for nobody.
func (r *reader) match(rule Object, path string) ([]string, passage, bool) {
	match, syntax := objects.Text(rule, "match"), objects.Text(rule, "syntax")
	hosts, others, err := traefikrule.Hosts(match, syntax)
	if err != nil && syntax == "" { // an older Traefik reads the older form
		if hosts, others, err = traefikrule.Hosts(match, "v2"); err == nil {
			syntax = "v2"
		}
	}
	if err != nil {
		r.unclear(path+".match", "is no rule that Traefik reads: %v", err)
		return nil, passage{}, false
	}
	if others {
		hosts = append(hosts, "")
	}
	var p passage
	if clients, err := traefikrule.Clients(match, syntax); err == nil && len(clients) > 0 {
		p.private = !slices.ContainsFunc(clients, func(of netip.Prefix) bool { return !v1alpha1.PrivateRange(of) })
	}
	return hosts, p, len(hosts) > 0
}

// ruleMiddlewares is what those of a rule ask, after what was asked before.
func (r *reader) ruleMiddlewares(rule Object, p passage) passage {
	entryPoints := texts(objects.At(r.object, "spec", "entryPoints"))
	plain := len(entryPoints) == 1 && entryPoints[0] == "web" && objects.At(r.object, "spec", "tls") == nil
	kind := "Middleware"
	if r.TCP {
		kind = "MiddlewareTCP"
	}
	for _, m := range objects.List(rule, "middlewares") {
		name := objects.Text(m, "name")
		if strings.Contains(name, "@") {
			p = r.namedMiddleware(name, plain, p)
			continue
		}
		p = r.middleware(kind, cmp.Or(objects.Text(m, "namespace"), r.Ref.Namespace), name, plain, p, 0)
	}
	return p
}

// parents are the rules of the routes that an IngressRoute hangs below, and
// whether it hangs below any.
func (r *reader) parents() (rules []Branch, child bool) {
	refs := objects.List(r.object, "spec", "parentRefs")
	for _, ref := range refs {
		namespace, name := cmp.Or(objects.Text(ref, "namespace"), r.Ref.Namespace), objects.Text(ref, "name")
		o := r.traefik("IngressRoute", namespace, name)
		if o == nil {
			rules = append(rules, Branch{Hosts: []string{""}, pass: missing(Ref{Kind: "IngressRoute", Name: name}, r.Ref)})
			continue
		}
		of := &reader{Set: r.Set, Route: Route{Ref: objects.RefOf(o)}, object: o}
		for i, rule := range objects.List(o, "spec", "routes") {
			if hosts, p, reads := of.match(rule, fmt.Sprintf("spec.routes[%d]", i)); reads {
				rules = append(rules, Branch{Hosts: hosts, pass: of.ruleMiddlewares(rule, of.tlsOptions().then(p))})
			}
		}
	}
	return rules, len(refs) > 0
}

// tlsOptions is whether a client has to show a certificate.
func (r *reader) tlsOptions() passage {
	ref := objects.Child(r.object, "spec", "tls", "options")
	name := objects.Text(ref, "name")
	if name == "" {
		return passage{}
	}
	o := r.traefik("TLSOption", cmp.Or(objects.Text(ref, "namespace"), r.Ref.Namespace), name)
	switch {
	case o == nil:
		return missing(Ref{Kind: "TLSOption", Name: name}, r.Ref)
	case objects.Text(o, "spec", "clientAuth", "clientAuthType") == "RequireAndVerifyClientCert":
		return passage{guard: Asked}
	}
	return passage{}
}

// traefikTargets are the Services that a rule of Traefik's names.
func (r *reader) traefikTargets(all []Object, namespace, path string) []target {
	var to []target
	for _, s := range all {
		t, known := traefikTarget(s, namespace)
		switch {
		case weightless(s):
		case known:
			to = append(to, t)
		case !strings.HasSuffix(objects.Text(s, "name"), "@internal"):
			r.unclear(path+".services", "leads to %s, which is configured elsewhere", objects.Text(s, "name"))
		}
	}
	return to
}

// weightless reports whether a backend gets no requests.
func weightless(s Object) bool { return s["weight"] != nil && number(s["weight"]) == "0" }

func traefikTarget(s Object, namespace string) (target, bool) {
	t := target{namespace: cmp.Or(objects.Text(s, "namespace"), namespace), name: objects.Text(s, "name"), port: number(s["port"])}
	if kind := objects.Text(s, "kind"); kind == traefikService {
		t.kind, t.port = kind, ""
	}
	return t, !strings.Contains(t.name, "@")
}

// traefikService is where one leads: by weight, or as a copy.
func (a *analysis) traefikService(t target, entry Ref, path string) []stop {
	o := findTraefik(a.Set, traefikService, t.namespace, t.name)
	if o == nil {
		a.blind(Blind{Object: entry, Path: path, Message: fmt.Sprintf("leads to the TraefikService %s of the namespace %s, which is not in the list", t.name, t.namespace)})
		return nil
	}
	return a.once(t, func() []stop {
		ref := objects.RefOf(o)
		var ends []stop
		add := func(s Object) {
			if to, known := traefikTarget(s, t.namespace); known && to.name != "" {
				ends = append(ends, a.follow(to, ref, "spec")...)
			} else if to.name != "" {
				a.blind(Blind{Object: ref, Path: "spec", Message: "leads to " + to.name + ", which is configured elsewhere"})
			}
		}
		for _, kind := range sorted(objects.Child(o, "spec")) {
			m, _ := kind.(map[string]any)
			add(m) // that which is mirrored
			for _, list := range sorted(m) {
				for _, s := range objects.List(Object{"all": list}, "all") {
					if !weightless(s) {
						add(s)
					}
				}
			}
		}
		return through(ref, ends)
	})
}

// maxChain bounds a chain of Middlewares that lead to one another.
const maxChain = 16

// middleware is what one asks of who comes, after what was asked before. plain
// says that the route is for requests without TLS alone.
func (r *reader) middleware(kind, namespace, name string, plain bool, p passage, depth int) passage {
	o := r.traefik(kind, namespace, name)
	if o == nil {
		return p.then(missing(Ref{Kind: kind, Name: name}, r.Ref))
	}
	for _, field := range []string{"basicAuth", "digestAuth", "forwardAuth"} {
		if objects.At(o, "spec", field) != nil {
			p = p.then(passage{guard: Asked})
		}
	}
	for _, field := range []string{"ipAllowList", "ipWhiteList"} {
		list := objects.Child(o, "spec", field)
		// By what a client sends, it says what it likes.
		if list["ipStrategy"] == nil && privateRanges(texts(list["sourceRange"])) {
			p.private = true
		}
	}
	if objects.At(o, "spec", "plugin") != nil {
		p = p.then(passage{guard: Unseen, blind: objects.RefOf(o), why: "is a plugin, which may ask who comes"})
	}
	// On the entry point that is for the redirect to TLS, nobody gets further. On
	// another, those who come by TLS do.
	if plain && objects.Text(o, "spec", "redirectScheme", "scheme") == "https" {
		p = p.then(passage{guard: Unseen, blind: r.Ref, why: "redirects to https, unless the entry point web trusts a client that says X-Forwarded-Proto: https"})
	}
	if objects.At(o, "spec", "redirectRegex") != nil {
		p = p.then(passage{guard: Unseen, blind: objects.RefOf(o), why: "redirects what its expression matches, and lets the rest through"})
	}
	// What answers in the place of an error is asked with the client's own address.
	if s := objects.Child(o, "spec", "errors", "service"); s != nil {
		if to, known := traefikTarget(s, namespace); known && to.name != "" {
			r.asides = append(r.asides, aside{p, to})
		}
	}
	if depth < maxChain {
		for _, m := range objects.List(o, "spec", "chain", "middlewares") {
			p = r.middleware(kind, cmp.Or(objects.Text(m, "namespace"), namespace), objects.Text(m, "name"), plain, p, depth+1)
		}
	}
	return p
}

// namedMiddleware is one as an annotation names it: NAMESPACE-NAME@kubernetescrd,
// where either part may have dashes.
func (r *reader) namedMiddleware(full string, plain bool, p passage) passage {
	name, provider, _ := strings.Cut(full, "@")
	if provider == "kubernetescrd" {
		for i := range name {
			if name[i] == '-' && r.traefik("Middleware", name[:i], name[i+1:]) != nil {
				return r.middleware("Middleware", name[:i], name[i+1:], plain, p, 0)
			}
		}
	}
	return p.then(missing(Ref{Kind: "Middleware", Name: full}, r.Ref))
}
