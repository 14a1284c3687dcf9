package generator

import (
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// traefik is the route through Traefik: an Ingress or an IngressRoute on the TLS
// entry points and, for the redirect, a second one on plain "web", each with its
// Middlewares. Timeouts and limits of the entry points are Traefik's static
// configuration and cannot be set from here: docs/exposure.md.
func (b builder) traefik() []any {
	e := b.base.Expose
	chain := b.middlewares()
	route := b.traefikIngress
	if e.Route == v1alpha1.TraefikIngressRoute {
		route = b.ingressRoute
	}
	objects := []any{route(e.Name, e.EntryPoints, chain, e.TLS.Type != v1alpha1.TLSNone)}
	for _, m := range chain {
		objects = append(objects, m)
	}
	if e.TLS.Type != v1alpha1.TLSNone && *e.RedirectHTTP {
		redirect := b.middleware("redirect", traefikMiddlewareSpec{
			RedirectScheme: &traefikRedirectScheme{Scheme: "https", Permanent: true},
		})
		objects = append(objects, route(redirect.Name, []string{"web"}, []*traefikMiddleware{redirect}, false), redirect)
	}
	return objects
}

// traefikIngress is an Ingress with what Traefik reads in its annotations.
func (b builder) traefikIngress(name string, entryPoints []string, chain []*traefikMiddleware, secure bool) any {
	e := b.base.Expose
	ingress := b.ingress(name)
	const router = "traefik.ingress.kubernetes.io/router."
	ingress.Annotations[router+"entrypoints"] = strings.Join(entryPoints, ",")
	var names []string
	for _, m := range chain {
		names = append(names, m.Namespace+"-"+m.Name+"@kubernetescrd")
	}
	if len(names) > 0 {
		ingress.Annotations[router+"middlewares"] = strings.Join(names, ",")
	}
	if !secure {
		return ingress
	}
	ingress.Annotations[router+"tls"] = "true"
	if e.TLS.Type == v1alpha1.TLSCertResolver {
		ingress.Annotations[router+"tls.certresolver"] = e.TLS.CertResolver
	}
	withTLS(ingress, e)
	return ingress
}
