package generator

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator/spec"
)

// traefikMiddleware is Traefik's Middleware, as far as hearth writes it.
// Traefik's module does not build against the module proxy.
type traefikMiddleware struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              traefikMiddlewareSpec `json:"spec"`
}

type traefikMiddlewareSpec struct {
	BasicAuth      *traefikBasicAuth      `json:"basicAuth,omitempty"`
	IPAllowList    *traefikIPAllowList    `json:"ipAllowList,omitempty"`
	RedirectScheme *traefikRedirectScheme `json:"redirectScheme,omitempty"`
}

type traefikBasicAuth struct {
	Secret string `json:"secret"`
	// RemoveHeader keeps the password from the program behind.
	RemoveHeader bool `json:"removeHeader"`
}

type traefikIPAllowList struct {
	SourceRange []string `json:"sourceRange"`
}

type traefikRedirectScheme struct {
	Scheme    string `json:"scheme"`
	Permanent bool   `json:"permanent"`
}

// traefik is the route through Traefik: an Ingress on the TLS entry points and,
// for the redirect, a second one on plain "web". Timeouts and limits of the
// entry points are Traefik's static configuration and cannot be set from here.
func (b builder) traefik() []any {
	e := b.base.Expose
	main := b.ingress(e.Name)
	objects := []any{main}
	var chain []string
	use := func(suffix string, s traefikMiddlewareSpec) {
		m := b.middleware(e.Name+suffix, s)
		objects = append(objects, m)
		chain = append(chain, m.Namespace+"-"+m.Name+"@kubernetescrd")
	}
	if len(e.AllowList) > 0 { // first: strangers are not even asked for a password
		var ranges []string
		for _, c := range e.AllowList {
			ranges = append(ranges, string(c))
		}
		use("-allow-list", traefikMiddlewareSpec{IPAllowList: &traefikIPAllowList{SourceRange: ranges}})
	}
	if e.BasicAuth != nil {
		use("-basic-auth", traefikMiddlewareSpec{BasicAuth: &traefikBasicAuth{Secret: e.BasicAuth.SecretName, RemoveHeader: true}})
	}
	const router = "traefik.ingress.kubernetes.io/router."
	main.Annotations[router+"entrypoints"] = strings.Join(e.EntryPoints, ",")
	if len(chain) > 0 {
		main.Annotations[router+"middlewares"] = strings.Join(chain, ",")
	}
	if e.TLS.Type == spec.TLSNone {
		return objects
	}
	main.Annotations[router+"tls"] = "true"
	if e.TLS.Type == spec.TLSCertResolver {
		main.Annotations[router+"tls.certresolver"] = e.TLS.CertResolver
	}
	withTLS(main, e)
	if *e.RedirectHTTP {
		redirect := b.ingress(e.Name + "-redirect")
		m := b.middleware(e.Name+"-redirect", traefikMiddlewareSpec{
			RedirectScheme: &traefikRedirectScheme{Scheme: "https", Permanent: true},
		})
		redirect.Annotations[router+"entrypoints"] = "web"
		redirect.Annotations[router+"middlewares"] = m.Namespace + "-" + m.Name + "@kubernetescrd"
		objects = append(objects, redirect, m)
	}
	return objects
}

func (b builder) middleware(name string, s traefikMiddlewareSpec) *traefikMiddleware {
	return &traefikMiddleware{
		TypeMeta:   metav1.TypeMeta{APIVersion: "traefik.io/v1alpha1", Kind: "Middleware"},
		ObjectMeta: b.meta(b.exposed(), name),
		Spec:       s,
	}
}
