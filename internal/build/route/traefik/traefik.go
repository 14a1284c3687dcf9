package traefik

import (
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// Controller is Traefik.
func Controller() controller.Controller {
	return controller.Controller{
		Objects:     objects,
		Passwords:   controller.Passwords{Type: "Opaque", Key: "users"},
		Refused:     refused,
		Annotations: Annotations,
		Unknown:     leavesOut,
	}
}

// route is one that is being made.
type route struct {
	controller.Target
	expose *v1alpha1.Expose
}

// objects are an Ingress or an IngressRoute on the TLS entry points and, for the
// redirect, a second one on plain "web", each with its Middlewares. Timeouts and
// limits of the entry points are Traefik's static configuration and cannot be
// set from here: docs/exposure.md.
func objects(t controller.Target, e *v1alpha1.Expose) []any {
	r := route{t, e}
	chain := r.middlewares()
	build := r.ingress
	if e.Traefik.Route == v1alpha1.TraefikIngressRoute {
		build = func(name string, entryPoints []string, chain []*object.Custom, secure bool) any {
			return r.ingressRoute(name, entryPoints, chain, secure)
		}
	}
	secure := e.TLS.Type != v1alpha1.TLSNone
	objects := []any{build(e.Name, e.Traefik.EntryPoints, chain, secure)}
	for _, m := range chain {
		objects = append(objects, m)
	}
	objects = append(objects, r.large(chain, secure)...)
	if secure && *e.RedirectHTTP {
		redirect := r.middleware("redirect", middlewareSpec{
			RedirectScheme: &redirectScheme{Scheme: "https", Permanent: true},
		})
		// Where the entry point trusts X-Forwarded-Proto, whoever writes https there is
		// not redirected: he meets the same Middlewares then.
		chain = append([]*object.Custom{redirect}, chain...)
		objects = append(objects, build(redirect.Name, []string{"web"}, chain, false), redirect)
	}
	return objects
}

const router = "traefik.ingress.kubernetes.io/router."

// ingress is an Ingress with what Traefik reads in its annotations.
func (r route) ingress(name string, entryPoints []string, chain []*object.Custom, secure bool) any {
	e := r.expose
	ingress := r.Ingress(name, e.Traefik.ClassName, e)
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
	ingress.Spec.TLS = controller.TLS(e)
	return ingress
}
