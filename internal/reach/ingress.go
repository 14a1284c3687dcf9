package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Family is whose annotations a controller reads.
type Family string

// The families that are known, by the prefix of their annotations.
const (
	F5           Family = "nginx.org/"
	IngressNGINX Family = "nginx.ingress.kubernetes.io/"
	Traefik      Family = "traefik.ingress.kubernetes.io/"
	haproxy      Family = "haproxy.org/"
	haproxyOwn   Family = "haproxy-ingress.github.io/"
	kong         Family = "konghq.com/"
	alb          Family = "alb.ingress.kubernetes.io/"
	tailscale    Family = "tailscale.com/"
)

// controllers are how an IngressClass names whose it is.
var controllers = map[string]Family{
	"traefik.io/ingress-controller":                  Traefik,
	"nginx.org/ingress-controller":                   F5,
	"k8s.io/ingress-nginx":                           IngressNGINX,
	"haproxy.org/ingress-controller":                 haproxy,
	"haproxy-ingress.github.io/controller":           haproxyOwn,
	"ingress-controllers.konghq.com/kong":            kong,
	"ingress.k8s.aws/alb":                            alb,
	"tailscale.com/ts-ingress":                       tailscale,
	"traefik.io/ingress-controller/hub-api-gateway/": Traefik,
}

// Family is whose annotations count on the route, "" if that cannot be told: F5's
// controller and ingress-nginx have the same class.
func (r Route) Family(set *objects.Set) Family {
	if o := set.Find("networking.k8s.io", "IngressClass", "", r.Class); o != nil && r.Class != "" {
		if f := controllers[objects.Text(o, "spec", "controller")]; f != "" {
			return f
		}
	}
	for _, f := range []struct {
		name string
		of   Family
	}{{"traefik", Traefik}, {"tailscale", tailscale}, {"kong", kong}, {"haproxy", haproxy}} {
		if strings.Contains(r.Class, f.name) {
			return f.of
		}
	}
	if r.Class == "alb" {
		return alb
	}
	switch {
	case r.has(F5):
		return F5
	case r.has(IngressNGINX):
		return IngressNGINX
	case r.has(Traefik) && !strings.Contains(r.Class, "nginx"):
		return Traefik
	}
	return ""
}

// has reports whether the route has annotations of a family.
func (r Route) has(f Family) bool {
	for key := range r.Annotations {
		if strings.HasPrefix(key, string(f)) || f == F5 && strings.HasPrefix(key, "nginx.com/") {
			return true
		}
	}
	return false
}

func (r *reader) ingress() {
	o := r.object
	r.Class = cmp.Or(objects.Text(o, "spec", "ingressClassName"), r.Annotations["kubernetes.io/ingress.class"])
	pass := r.annotated()
	if r.Annotations[mergeable] == "minion" {
		pass = pass.then(r.master())
	}
	backend := func(o Object, path string) []target {
		s := objects.Child(o, "service")
		if name := cmp.Or(objects.Text(s, "name"), objects.Text(o, "serviceName")); name != "" {
			port := cmp.Or(objects.Text(s, "port", "name"), number(objects.At(s, "port", "number")))
			return []target{{name: name, port: cmp.Or(port, number(o["servicePort"]))}}
		}
		if kind := objects.Text(o, "resource", "kind"); kind != "" {
			r.unclear(path, "leads to the %s %s, which is not followed", kind, objects.Text(o, "resource", "name"))
		}
		return nil
	}
	for _, field := range []string{"defaultBackend", "backend"} {
		if d := objects.Child(o, "spec", field); d != nil {
			r.branch("spec."+field, nil, pass, backend(d, "spec."+field)...)
		}
	}
	if name := r.Annotations[string(IngressNGINX)+"default-backend"]; name != "" {
		r.branch("metadata.annotations["+string(IngressNGINX)+"default-backend]", nil, pass, target{name: name})
	}
	for i, rule := range objects.List(o, "spec", "rules") {
		path := fmt.Sprintf("spec.rules[%d]", i)
		var to []target
		for j, p := range objects.List(rule, "http", "paths") {
			to = append(to, backend(objects.Child(p, "backend"), fmt.Sprintf("%s.http.paths[%d]", path, j))...)
		}
		hosts := []string{hostname.Fold(objects.Text(rule, "host"))}
		if own := r.Family(r.Set); own == "" || own == IngressNGINX {
			hosts = append(hosts, words(hostname.Fold(r.Annotations[string(IngressNGINX)+"server-alias"]), ", ")...)
		}
		r.branch(path, hosts, pass, to...)
	}
}

// mergeable is F5's annotation of an Ingress that is a part of another one.
const mergeable = string(F5) + "mergeable-ingress-type"

// master is what the Ingress asks whose part this one is: nginx hands a server's
// password down to its locations.
func (r *reader) master() passage {
	masters := r.Index("masters", func(o Object, ref Ref) []any {
		if ref.Kind != "Ingress" || objects.Annotations(o)[mergeable] != "master" {
			return nil
		}
		return hostsOf(o)
	})
	for _, host := range hostsOf(r.object) {
		for _, i := range masters[host] {
			m := &reader{Set: r.Set, Route: Route{Ref: r.Refs[i], Annotations: objects.Annotations(r.All[i]), Class: r.Class}, object: r.All[i]}
			return m.annotated()
		}
	}
	return missing(Ref{Kind: "Ingress", Name: "of type master for its host"}, r.Ref)
}

// hostsOf are those of an Ingress's rules.
func hostsOf(o Object) []any {
	var all []any
	for _, rule := range objects.List(o, "spec", "rules") {
		all = append(all, hostname.Fold(objects.Text(rule, "host")))
	}
	return all
}

// annotated is what the annotations of an Ingress ask of who comes. Only those
// that its controller reads count; where nobody knows the controller, any.
func (r *reader) annotated() passage {
	own := r.Family(r.Set)
	p := r.asks(own)
	if p.guard == Asked && (own == F5 || own == IngressNGINX) && r.has(F5) && r.has(IngressNGINX) && r.Find("networking.k8s.io", "IngressClass", "", r.Class) == nil &&
		(r.asks(F5).guard != Asked || r.asks(IngressNGINX).guard != Asked) {
		p = passage{guard: Unseen, blind: r.Ref, why: "asks by annotations of one controller, and has others of another: whose its class is cannot be seen"}
	}
	return p
}

// asks is what the annotations ask that controllers of a family read.
func (r *reader) asks(own Family) passage {
	note := func(f Family, key string) string {
		if own != "" && own != f {
			return ""
		}
		return r.Annotations[string(f)+key]
	}
	var p passage
	asked := func(by bool) {
		if by {
			p = p.then(passage{guard: Asked})
		}
	}
	asked(note(F5, "basic-auth-secret") != "" || own != "" && own == F5 && r.Annotations["nginx.com/jwt-key"] != "")
	var policies []Object
	for _, name := range words(note(F5, "policies"), ", ") {
		namespace, name := split(name, r.Ref.Namespace)
		policies = append(policies, Object{"namespace": namespace, "name": name})
	}
	p = p.then(r.f5Policies(f5Level{policies, r.Ref.Namespace}))
	asked(note(IngressNGINX, "auth-secret") != "" && note(IngressNGINX, "auth-type") != "" || note(IngressNGINX, "auth-url") != "")
	asked(note(IngressNGINX, "auth-tls-secret") != "" && !slices.Contains([]string{"off", "optional", "optional_no_ca"}, note(IngressNGINX, "auth-tls-verify-client")))
	for _, key := range []string{"whitelist-source-range", "allowlist-source-range"} {
		p.private = p.private || privateRanges(words(note(IngressNGINX, key), ","))
	}
	if note(IngressNGINX, "satisfy") == "any" && p.guard == Asked && note(IngressNGINX, "whitelist-source-range")+note(IngressNGINX, "allowlist-source-range") != "" {
		p = passage{private: p.private} // the address alone is enough
	}
	for _, name := range words(note(Traefik, "router.middlewares"), ", ") {
		p = r.namedMiddleware(name, r.Annotations[string(Traefik)+"router.entrypoints"] == "web" &&
			!strings.EqualFold(r.Annotations[string(Traefik)+"router.tls"], "true") && objects.At(r.object, "spec", "tls") == nil, p)
	}
	asked(note(haproxy, "auth-type") == "basic-auth" && note(haproxy, "auth-secret") != "")
	p.private = p.private || privateRanges(words(note(haproxy, "allow-list")+note(haproxy, "whitelist"), ", "))
	asked(note(haproxyOwn, "auth-secret") != "" || note(haproxyOwn, "auth-url") != "" || note(haproxyOwn, "oauth") != "")
	for _, name := range words(note(kong, "plugins"), ", ") {
		p = p.then(r.kongPlugin(name))
	}
	asked(slices.Contains([]string{"oidc", "cognito"}, note(alb, "auth-type")) && note(alb, "auth-on-unauthenticated-request") != "allow")
	switch own {
	case alb:
		p.private = p.private || r.Annotations[string(alb)+"scheme"] != "internet-facing" || privateRanges(words(note(alb, "inbound-cidrs"), ", "))
	case tailscale:
		p.private = p.private || r.Annotations[string(tailscale)+"funnel"] != "true"
	}
	return p
}

// split a name that may have a namespace in front.
func split(name, namespace string) (string, string) {
	if before, after, has := strings.Cut(name, "/"); has {
		return before, after
	}
	return namespace, name
}

// kongPlugin is what one asks.
func (r *reader) kongPlugin(name string) passage {
	for _, kind := range []string{"KongPlugin", "KongClusterPlugin"} {
		namespace := r.Ref.Namespace
		if kind == "KongClusterPlugin" {
			namespace = ""
		}
		o := r.Find("configuration.konghq.com", kind, namespace, name)
		if o == nil {
			continue
		}
		on, anonymous := o["disabled"] != true, objects.Text(o, "config", "anonymous") != ""
		if on && !anonymous && slices.Contains([]string{"basic-auth", "key-auth", "key-auth-enc", "jwt", "oauth2", "openid-connect", "ldap-auth", "hmac-auth", "mtls-auth", "saml"}, objects.Text(o, "plugin")) {
			return passage{guard: Asked}
		}
		return passage{}
	}
	return missing(Ref{Kind: "KongPlugin", Name: name}, r.Ref)
}
