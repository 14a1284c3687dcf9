package importer

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// route is a way in from outside, from whichever form. A base has one: to the
// chat where it has one.
type route struct {
	app         *app
	node        *Node  // all of it
	kind        string // ingress, gateway or ingressRoute
	class       *Node
	hosts       []*Node
	annotations *Node
	labels      *Node
	// tls is nil where the source has none; secret is the certificate's.
	tls      *Node
	secret   *Node
	tlsOn    bool
	parents  []*Node // of Gateway API
	resolver *Node
	entries  *Node
}

// open are the routes that were found.
func (a *app) way(r *route) {
	r.app = a
	if a.route != nil {
		r.node.lost("a base has one route for each program", "write a second one into resources, or a second base")
		return
	}
	a.route = r
}

// routes writes one route for each base: the chat's, else Ollama's.
func (in *importing) routes() {
	for _, a := range in.apps {
		r := a.route
		if r == nil {
			continue
		}
		if chat := a.beside(programChat); a.program == programOllama && chat != nil {
			r.node.lost("the one route of a base with a chat leads to the chat; Ollama has no password of its own",
				"give Ollama a base of its own, or write a route into resources with authentication before it")
			a.route = nil
			continue
		}
		r.write()
		r.node.lost("hearth writes the route itself", "write it into expose.annotations, or a patch")
	}
}

func (r *route) write() {
	a, at := r.app, r.app.of("expose")
	kind := r.controller()
	a.doc.set(at.with("type"), kind)
	r.host(at)
	switch kind {
	case "gateway":
		r.gateway(at)
	default:
		r.className(at.with(kind))
		r.certificate(at)
		if pods := v1alpha1.ControllerPods(v1alpha1.ExposeType(kind)); pods.Namespace != "" {
			a.notef("The NetworkPolicy of the base %s admits the controller's pods in the namespace %s, where its chart has them: write expose.from where they run elsewhere", a.namespace, pods.Namespace)
		}
	}
	r.routeAnnotations(at, kind)
	if r.labels != nil {
		r.labels.lost("hearth's route has the labels of the base", "write labels of the base")
	}
}

// ingressNGINX is the type of a route of the community's controller.
const ingressNGINX = "ingressNGINX"

// controller guesses what implements the route, by its class and annotations.
func (r *route) controller() string {
	if r.kind == "gateway" {
		return "gateway"
	}
	if r.kind == "ingressRoute" {
		return "traefik"
	}
	has := func(prefix string) bool {
		return slices.ContainsFunc(r.annotations.Items(), func(c *Node) bool { return strings.HasPrefix(c.key, prefix) })
	}
	class := cmp.Or(r.class.String(), r.annotations.Text("kubernetes.io/ingress.class"))
	switch {
	case strings.Contains(class, "traefik"), has("traefik.ingress.kubernetes.io/"):
		return "traefik"
	case has("nginx.org/"):
		return "nginx"
	}
	if known("expose", ingressNGINX) {
		if !has("nginx.ingress.kubernetes.io/") && !strings.Contains(class, "nginx") {
			r.app.notef("The class %q of %s does not say which controller it is: ingress-nginx is taken; see docs/exposure.md for others", class, r.app.where())
		}
		return ingressNGINX
	}
	r.app.notef("The route of %s is read as one of Kubernetes' ingress-nginx, which is retired: it is written for F5's NGINX Ingress Controller; see docs/exposure.md for the others", r.app.where())
	return "nginx"
}

// host carries the name that people use.
func (r *route) host(at path) {
	a := r.app
	if len(r.hosts) == 0 {
		a.doc.set(at.with("host"), r.example())
		a.doc.comment(at.with("host"), "No host was said: write yours.")
		a.notef("The route of %s has no host: %s stands in its place", a.where(), r.example())
		return
	}
	for i, h := range r.hosts {
		text := h.text
		more := at.with("additionalHosts")
		switch {
		case i == 0 && host(text) && fluxVariable.MatchString(text) && a.flux():
			a.doc.carry(at.with("host"), text, h)
			a.doc.set(at.with("audience"), "public")
			a.doc.comment(at.with("audience"), "Nobody can tell from a variable who reaches the host: write private where only your network does.")
		case i == 0 && host(text) && !fluxVariable.MatchString(text):
			a.doc.carry(at.with("host"), text, h)
		case i == 0:
			why := "hearth cannot use it as a host"
			if fluxVariable.MatchString(text) {
				why = "Flux fills " + fluxVariable.FindString(text) + " in, and hearth cannot"
			}
			a.doc.comment(at.with("host"), "In the source: "+text)
			a.doc.change(at.with("host"), r.example(), h, why+": an example stands in its place", "write the host, or import again with --substitute NAME=VALUE")
		case text == r.hosts[0].text:
			h.plain("named before")
		case known("expose", "additionalHosts") && host(text) && (!fluxVariable.MatchString(text) || a.flux()):
			a.doc.add(more, text)
			a.doc.note(more, h)
			h.say(Carried, field(more), "", "")
		default:
			h.lost("a route has one host", "write a second overlay, or a patch")
		}
	}
}

// host reports whether hearth has the text as a host.
func host(text string) bool { return new(v1alpha1.Host).UnmarshalText([]byte(text)) == nil }

// flux reports whether a stack may have Flux' variables, and turns that on.
func (a *app) flux() bool {
	if slices.Contains(held, "substitute") || !has(reflect.TypeFor[v1alpha1.Spec](), []string{"substitute"}) {
		return false
	}
	at := path{"spec", "substitute"}
	a.doc.set(at, "flux")
	a.doc.comment(at, "A Kustomization of Flux with postBuild has to apply the tree: it fills the variables in.")
	a.notef("The stack has variables of Flux: whoever else applies the tree fills nothing in; --substitute NAME=VALUE writes values in their place")
	return true
}

func (r *route) example() string { return label(r.app.release) + ".example.org" }

func (r *route) className(at path) {
	if r.class.Empty() {
		r.class.plain("the controller's own class")
		return
	}
	if usual := strings.TrimPrefix(strings.ToLower(at[len(at)-1]), "ingress"); r.class.text == usual {
		r.class.plain("hearth's default")
		return
	}
	r.app.doc.carry(at.with("className"), r.class.text, r.class)
}

// certificate writes where the host's certificate comes from.
func (r *route) certificate(at path) {
	a, tls := r.app, at.with("tls")
	for _, form := range []struct{ key, kind string }{{"cert-manager.io/cluster-issuer", "ClusterIssuer"}, {"cert-manager.io/issuer", "Issuer"}} {
		issuer := r.annotations.At(form.key)
		if issuer == nil {
			continue
		}
		a.doc.set(tls.with("type"), "certManager")
		a.doc.change(tls.with("certManager", "issuer"), map[string]any{"kind": form.kind, "name": issuer.text}, issuer, "hearth has a field for it", "")
		if !r.secret.Empty() && !fluxVariable.MatchString(r.secret.text) {
			a.doc.carry(tls.with("secretName"), r.secret.text, r.secret)
		}
		r.secret.plain("hearth names the certificate's Secret after the route")
		r.tls.plain("the issuer signs the certificate")
		return
	}
	resolver := cmp.Or(r.resolver, r.annotations.At("traefik.ingress.kubernetes.io/router.tls.certresolver"))
	switch {
	case resolver != nil:
		a.doc.set(tls.with("type"), "certResolver")
		a.doc.change(tls.with("certResolver"), resolver.text, resolver, "hearth has a field for it", "")
		r.tls.plain("Traefik gets the certificate")
	case !r.secret.Empty():
		a.doc.set(tls.with("type"), "secret")
		a.doc.carry(tls.with("secretName"), r.secret.text, r.secret)
		r.tls.plain("the Secret has the certificate")
	case r.tlsOn:
		a.doc.set(tls.with("type"), "secret")
		a.doc.comment(tls, "The controller's own certificate was used; hearth wants it in a Secret.")
		a.doc.set(tls.with("secretName"), label(a.release)+"-tls")
		r.tls.changed(field(tls), "the controller's own certificate was used, and hearth has to know where it is", "make the Secret, or write expose.tls: {type: certManager, …}")
	default:
		a.doc.set(tls.with("type"), "none")
		r.tls.plain("no certificate")
	}
	r.tls.plain("follows from expose.tls")
}

// gateway writes the Gateway that the route attaches to.
func (r *route) gateway(at path) {
	a := r.app
	for i, p := range r.parents {
		if i > 0 {
			p.lost("a route of hearth's attaches to one Gateway", "write a second route into resources")
			continue
		}
		name, namespace := p.At("name"), p.At("namespace")
		g := at.with("gateway")
		a.doc.carry(g.with("name"), name.String(), name)
		pods := a.namespace
		if !namespace.Empty() {
			a.doc.carry(g.with("namespace"), namespace.text, namespace)
			pods = namespace.text
		}
		section := p.At("sectionName")
		tls := "gateway"
		if section.String() == "http" || section.String() == "web" {
			tls = "none"
		}
		switch {
		case section == nil:
		case section.text == "https":
			section.plain("hearth's default")
		default:
			a.doc.carry(g.with("sectionName"), section.text, section)
		}
		p.At("group").plain("Gateway API's")
		p.At("kind").plain("a Gateway")
		a.doc.set(at.with("tls", "type"), tls)
		a.doc.set(at.with("from", "namespace"), pods)
		a.doc.comment(at.with("from"), "Where the Gateway's proxies run, as far as the route tells: see docs/exposure.md.")
		a.notef("expose.from of the base %s says that the Gateway's proxies run in %s, beside the Gateway: Envoy Gateway may run them elsewhere, and anything else is a 503", a.namespace, pods)
	}
	if len(r.parents) == 0 {
		a.doc.set(at.with("gateway"), map[string]any{"name": "gateway"})
		a.doc.set(at.with("tls", "type"), "gateway")
		a.doc.set(at.with("from", "namespace"), a.namespace)
		a.notef("The route of %s names no Gateway: write expose.gateway", a.where())
	}
}

// ingressAnnotations are those of ingress-nginx that hearth has a field for.
var ingressAnnotations = map[string]string{
	"nginx.ingress.kubernetes.io/proxy-body-size":        "maxBodySize",
	"nginx.ingress.kubernetes.io/proxy-read-timeout":     "readTimeout",
	"nginx.ingress.kubernetes.io/proxy-send-timeout":     "sendTimeout",
	"nginx.ingress.kubernetes.io/proxy-connect-timeout":  "connectTimeout",
	"nginx.ingress.kubernetes.io/auth-url":               "forwardAuth.address",
	"nginx.ingress.kubernetes.io/auth-signin":            "forwardAuth.signInURL",
	"nginx.ingress.kubernetes.io/auth-response-headers":  "forwardAuth.authResponseHeaders",
	"nginx.ingress.kubernetes.io/whitelist-source-range": "allowList",
	"nginx.ingress.kubernetes.io/allowlist-source-range": "allowList",
	"nginx.org/client-max-body-size":                     "maxBodySize",
	"nginx.org/proxy-read-timeout":                       "readTimeout",
	"nginx.org/proxy-send-timeout":                       "sendTimeout",
	"nginx.org/proxy-connect-timeout":                    "connectTimeout",
}

func (r *route) routeAnnotations(at path, kind string) {
	a := r.app
	for _, c := range r.annotations.Items() {
		keys := append([]string{kind}, strings.Split(ingressAnnotations[c.key], ".")...)
		name := keys[len(keys)-1]
		switch {
		case c.row != nil:
		case name != "" && !strings.Contains(c.text, "${") && known(append([]string{"expose"}, keys...)...):
			a.doc.change(at.with(keys...), annotationValue(name, c.text), c, "hearth has a field for it", "")
		case strings.HasPrefix(c.key, "nginx.ingress.kubernetes.io/") && kind == "nginx":
			if strings.HasSuffix(c.key, "ssl-redirect") {
				c.plain("hearth's default where there is TLS")
			}
			c.lost("ingress-nginx reads it, and F5's controller does not", "see docs/exposure.md for what F5's has in its place")
		case strings.HasPrefix(c.key, "kubernetes.io/"), c.key == "traefik.ingress.kubernetes.io/router.tls":
			c.plain("follows from expose")
		case c.key == "traefik.ingress.kubernetes.io/router.entrypoints":
			c.plain("hearth's default, websecure; expose.traefik.entryPoints names others")
		case strings.Contains(c.text, "${") && !a.flux():
			c.lost("Flux fills it in, and hearth cannot", "give its value: --substitute NAME=VALUE")
		default:
			a.doc.carry(at.with("annotations", c.key), c.text, c)
		}
	}
	if r.annotations.Empty() {
		r.annotations.plain("none, as in hearth")
	}
}

// annotationValue is an annotation's text as the field of a name has it.
func annotationValue(name, text string) any {
	switch {
	case strings.HasSuffix(name, "Timeout") && strings.Trim(text, "0123456789") == "":
		return text + "s"
	case name == "maxBodySize":
		return bodySize(text)
	case name == "allowList" || name == "authResponseHeaders":
		var list []any
		for _, part := range strings.Split(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		return list
	}
	return text
}

// bodySize is nginx' spelling of a size as hearth's.
func bodySize(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text) - 1; n > 0 {
		switch text[n] {
		case 'm', 'M':
			return text[:n] + "Mi"
		case 'g', 'G':
			return text[:n] + "Gi"
		case 'k', 'K':
			return text[:n] + "Ki"
		}
	}
	return text
}

// service carries the Service's type.
func (a *app) service(kind *Node, annotations, loadBalancerIP, class, policy *Node) {
	at := a.at("service")
	switch {
	case kind.Empty() || kind.text == "ClusterIP":
		kind.plain("hearth's default")
	default:
		a.doc.carry(at.with("type"), kind.text, kind)
	}
	if policy.Empty() {
		policy.plain("hearth's default")
	} else {
		a.doc.carry(at.with("externalTrafficPolicy"), policy.text, policy)
	}
	switch {
	case annotations.Empty():
		annotations.plain("none, as in hearth")
	case known(a.program, "service", "annotations"):
		for _, c := range annotations.Items() {
			a.doc.carry(at.with("annotations", c.key), c.text, c)
		}
	default:
		annotations.lost("a Service of hearth's has the annotations of the base", "write annotations of the base, or a patch")
	}
	for _, f := range []struct {
		n    *Node
		keys []string
	}{{loadBalancerIP, []string{"loadBalancerIP"}}, {class, []string{"loadBalancerClass"}}} {
		switch {
		case f.n.Empty():
			f.n.plain("none, as in hearth")
		case known(append([]string{a.program, "service"}, f.keys...)...):
			a.doc.carry(at.with(f.keys...), f.n.text, f.n)
		}
	}
}

// servicePort is the Service's port, which hearth has its own of.
func (a *app) servicePort(n *Node) {
	own := "80"
	if a.program == programOllama {
		own = "11434"
	}
	switch {
	case n.Empty() || n.text == own:
		n.plain("hearth's own, " + own)
	case known(a.program, "service", "port"):
		a.doc.carry(a.at("service", "port"), scalar(n.text), n)
	default:
		n.changed("", "the Service of hearth's has the port "+own, "clients in the cluster have to ask at "+own)
	}
}
