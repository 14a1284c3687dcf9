package v1alpha1

// Traefik is a route through Traefik.
type Traefik struct {
	// ClassName of the Ingress or IngressRoute. Default traefik.
	ClassName string `json:"className,omitempty"`
	// Route is ingress (default), a plain Ingress, or ingressRoute, Traefik's
	// own object.
	Route TraefikRoute `json:"route,omitempty"`
	// EntryPoints that serve https. Default [websecure], or [web] without TLS.
	EntryPoints []string `json:"entryPoints,omitempty"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitempty"`
	// ForwardAuth has another program, such as an OIDC proxy, decide about each
	// request. It counts as authentication.
	ForwardAuth *ForwardAuth `json:"forwardAuth,omitempty"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitempty"`
	// RateLimit slows one client address down. Default: none.
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// MaxInFlight is how many requests are answered at a time, of all people
	// together; the others get 429. A page that upgraded to a WebSocket holds
	// one. Default: no limit.
	MaxInFlight int `json:"maxInFlight,omitempty"`
	// SecurityHeaders tells browsers to come back by https only, for a year, not
	// to guess types, and not to show the page in another site's frame. Default
	// false: a browser does not forget the first of these.
	SecurityHeaders bool `json:"securityHeaders,omitempty"`
}

// TraefikRoute is the kind of object that Traefik reads a route from.
type TraefikRoute string

// The kinds of object.
const (
	TraefikIngress      TraefikRoute = "ingress"
	TraefikIngressRoute TraefikRoute = "ingressRoute"
)

// Values lists the allowed kinds.
func (TraefikRoute) Values() []string {
	return []string{string(TraefikIngress), string(TraefikIngressRoute)}
}

// ForwardAuth is a program that Traefik asks about each request, such as
// oauth2-proxy or Authelia: a status of 2xx lets the request pass, and any other
// answer goes to the person instead.
type ForwardAuth struct {
	// Address to ask, such as http://oauth2-proxy.auth.svc:4180/oauth2/auth. It
	// is Traefik that asks, and not our pod: no NetworkPolicy of ours is in the
	// way.
	Address string `json:"address"`
	// TrustForwardHeader passes X-Forwarded headers on that came with the
	// request. Default false: right only behind another proxy.
	TrustForwardHeader bool `json:"trustForwardHeader,omitempty"`
	// AuthResponseHeaders are taken from the answer and put into the request, in
	// place of what the client sent: such as X-Auth-Request-Email.
	AuthResponseHeaders []string `json:"authResponseHeaders,omitempty"`
}

// RateLimit is how many requests one client address may make.
type RateLimit struct {
	// Average number of requests in a period.
	Average int `json:"average"`
	// Period of the average. Default 1s.
	Period Duration `json:"period,omitempty"`
	// Burst is how many may come at once. Default: the average. A page loads
	// many files at once.
	Burst int `json:"burst,omitempty"`
}

func (t *Traefik) applyDefaults(e *Expose) {
	fill(&t.ClassName, "traefik")
	fill(&t.Route, TraefikIngress)
	if r := t.RateLimit; r != nil {
		fill(&r.Period, "1s")
		fill(&r.Burst, r.Average)
	}
	if t.EntryPoints == nil {
		t.EntryPoints = []string{"websecure"}
		if e.TLS.Type == TLSNone {
			t.EntryPoints = []string{"web"}
		}
	}
	// The namespace and label of the controller's Helm chart; k3s runs it in
	// kube-system.
	fillPointer(&e.From, Peer{
		Namespace: "traefik",
		PodLabels: map[string]string{"app.kubernetes.io/name": "traefik"},
	})
}
