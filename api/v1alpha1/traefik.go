package v1alpha1

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
