package v1alpha1

import (
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Gateway is where an HTTPRoute of Gateway API attaches: a Gateway that is
// there, by its name, or one of the base's own, of a class.
type Gateway struct {
	// Name of the Gateway. Default, with className: expose.name.
	Name string `json:"name,omitzero"`
	// Namespace of the Gateway that is there. Default: the base's own. The
	// Gateway's allowedRoutes have to admit the base's.
	Namespace string `json:"namespace,omitzero"`
	// SectionName is the listener for the host, of the Gateway that is there.
	// Default https, or http where tls.type is none.
	SectionName string `json:"sectionName,omitzero"`
	// RedirectSectionName is its listener for plain http, on which redirectHTTP
	// stands. Default http.
	RedirectSectionName string `json:"redirectSectionName,omitzero"`
	// ClassName makes a Gateway for this host alone, of this GatewayClass.
	ClassName string `json:"className,omitzero"`
	// HTTPSPort of the base's own Gateway. Default 443. Traefik wants its entry
	// point's port, by its chart 8443.
	HTTPSPort Port `json:"httpsPort,omitzero"`
	// HTTPPort of the base's own Gateway. Default 80. Traefik wants its entry
	// point's port, by its chart 8000.
	HTTPPort Port `json:"httpPort,omitzero"`
	// RequestTimeout is how long an answer may take as a whole. Default 1h: the
	// API has no limit for silence, and an implementation's own, such as Envoy's
	// 15 seconds, cuts nearly every answer.
	RequestTimeout Duration `json:"requestTimeout,omitzero"`
}

// Own reports whether the Gateway is the base's own.
func (g *Gateway) Own() bool { return g.ClassName != "" }

func (g *Gateway) applyDefaults(e *Expose) {
	fill(&g.RequestTimeout, "1h")
	fill(&g.RedirectSectionName, "http")
	if e.TLS.Type == TLSNone {
		fill(&g.SectionName, "http")
	}
	fill(&g.SectionName, "https")
	if g.Own() {
		fill(&g.Name, e.Name)
		fill(&g.HTTPSPort, 443)
		fill(&g.HTTPPort, 80)
	}
}

// gateway checks the route's Gateway; given is it as written.
func (v validator) gateway(expose *field.Path, given *Gateway, e *Expose) {
	g, at, tls := e.Gateway, expose.Child("gateway"), expose.Child("tls", "type")
	v.timeout(at.Child("requestTimeout"), g.RequestTimeout, 24*time.Hour, "nobody waits for a whole day for an answer")
	if given == nil || given.Name == "" && given.ClassName == "" {
		v.errorf(at, "write gateway: {name: NAME, namespace: NAMESPACE} for one that is there, or gateway: {className: CLASS} for one of the base's own",
			"missing: want the Gateway that the route attaches to")
		return
	}
	v = v.because(at.Child("className"))
	if g.Own() {
		v.ownGateway(at, tls, given, e)
		return
	}
	v.name(at.Child("name"), g.Name, "a Gateway")
	v.optionalLabel(at.Child("namespace"), g.Namespace)
	v.name(at.Child("sectionName"), g.SectionName, "a listener of the Gateway")
	v.name(at.Child("redirectSectionName"), g.RedirectSectionName, "a listener of the Gateway")
	v.because(at.Child("name")).only(at, "the ports are those of the Gateway that is there", *given,
		"name", "namespace", "sectionName", "redirectSectionName", "requestTimeout")
	if t := e.TLS.Type; t == TLSCertManager || t == TLSSecret {
		v.because(at.Child("name")).errorf(tls, "write type: gateway; or gateway: {className: CLASS} for a Gateway of the base's own",
			"got %s, but the certificate is that of the Gateway's listener", t)
	}
}

// ownGateway checks a Gateway of the base's own.
func (v validator) ownGateway(at, tls *field.Path, given *Gateway, e *Expose) {
	g := e.Gateway
	v.label(at.Child("name"), g.Name, "the Gateway's name")
	v.staysText(at.Child("name"), g.Name)
	v.name(at.Child("className"), g.ClassName, "a GatewayClass")
	v.only(at, "with className the Gateway and its listeners are the base's own", *given,
		"name", "className", "httpsPort", "httpPort", "requestTimeout")
	if e.TLS.Type == TLSGateway {
		v.errorf(tls, "write certManager or secret", "got gateway, but the Gateway is the base's own and has no certificate yet")
	}
	if g.HTTPPort == g.HTTPSPort {
		v.because(at.Child("httpsPort")).errorf(at.Child("httpPort"), "", "got %d, which is the port for https too", g.HTTPPort)
	}
}
