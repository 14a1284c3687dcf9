package v1alpha1

// Gateway is where an HTTPRoute of Gateway API attaches: a Gateway that is
// there, by its name, or one of the base's own, of a class.
type Gateway struct {
	// Name of the Gateway. Default, with className: expose.name.
	Name string `json:"name,omitempty"`
	// Namespace of the Gateway that is there. Default: the base's own. The
	// Gateway's allowedRoutes have to admit the base's.
	Namespace string `json:"namespace,omitempty"`
	// SectionName is the listener for the host, of the Gateway that is there.
	// Default https, or http where tls.type is none.
	SectionName string `json:"sectionName,omitempty"`
	// RedirectSectionName is its listener for plain http, on which redirectHTTP
	// stands. Default http.
	RedirectSectionName string `json:"redirectSectionName,omitempty"`
	// ClassName makes a Gateway for this host alone, of this GatewayClass.
	ClassName string `json:"className,omitempty"`
	// HTTPSPort of the base's own Gateway. Default 443. Traefik wants its entry
	// point's port, by its chart 8443.
	HTTPSPort Port `json:"httpsPort,omitempty"`
	// HTTPPort of the base's own Gateway. Default 80. Traefik wants its entry
	// point's port, by its chart 8000.
	HTTPPort Port `json:"httpPort,omitempty"`
	// RequestTimeout is how long an answer may take as a whole. Default 1h: the
	// API has no limit for silence, and an implementation's own, such as Envoy's
	// 15 seconds, cuts nearly every answer.
	RequestTimeout Duration `json:"requestTimeout,omitempty"`
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
