package v1alpha1

import (
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Traefik is a route through Traefik.
type Traefik struct {
	// ClassName of the Ingress or IngressRoute. Default traefik.
	ClassName string `json:"className,omitzero"`
	// Route is ingress (default), a plain Ingress, or ingressRoute, Traefik's
	// own object.
	Route TraefikRoute `json:"route,omitzero"`
	// EntryPoints that serve https. Default [websecure], or [web] without TLS.
	EntryPoints []string `json:"entryPoints,omitzero"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitzero"`
	// ForwardAuth has another program, such as an OIDC proxy, decide about each
	// request. It counts as authentication.
	ForwardAuth *ForwardAuth `json:"forwardAuth,omitzero"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitzero"`
	// RateLimit slows one client address down. Default: none.
	RateLimit *RateLimit `json:"rateLimit,omitzero"`
	// MaxInFlight is how many requests are answered at a time, of all people
	// together; the others get 429. A page that upgraded to a WebSocket holds
	// one. Default: no limit.
	MaxInFlight int `json:"maxInFlight,omitzero"`
	// SecurityHeaders tells browsers to come back by https only, for a year, not
	// to guess types, and not to show the page in another site's frame. Default
	// false: a browser does not forget the first of these.
	SecurityHeaders bool `json:"securityHeaders,omitzero"`
}

// TraefikRoute is the kind of object that Traefik reads a route from.
type TraefikRoute string

// The kinds of object.
const (
	TraefikIngress      TraefikRoute = "ingress"
	TraefikIngressRoute TraefikRoute = "ingressRoute"
)

// Values lists the allowed kinds.
func (TraefikRoute) Values() []string { return texts(TraefikIngress, TraefikIngressRoute) }

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
	TrustForwardHeader bool `json:"trustForwardHeader,omitzero"`
	// AuthResponseHeaders are taken from the answer and put into the request, in
	// place of what the client sent: such as X-Auth-Request-Email.
	AuthResponseHeaders []string `json:"authResponseHeaders,omitzero"`
}

// RateLimit is how many requests one client address may make.
type RateLimit struct {
	// Average number of requests in a period.
	Average int `json:"average"`
	// Period of the average. Default 1s.
	Period Duration `json:"period,omitzero"`
	// Burst is how many may come at once. Default: the average. A page loads
	// many files at once.
	Burst int `json:"burst,omitzero"`
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
	fillPointer(&e.From, ControllerPods(ExposeTraefik))
}

// traefik checks what Traefik can do by objects; given is it as written.
func (v validator) traefik(at *field.Path, given *Traefik, e *Expose) {
	t := e.Traefik
	v.name(at.Child("className"), t.ClassName, "an IngressClass")
	v.entryPoints(at.Child("entryPoints"), t.EntryPoints)
	v.forwardAuth(at, t)
	v.allowList(at.Child("allowList"), t.AllowList)
	if r := t.RateLimit; r != nil {
		at := at.Child("rateLimit")
		if r.Average == 0 {
			v.errorf(at.Child("average"), "", "missing, or 0: want the number of requests in a period")
		} else {
			v.count(at.Child("average"), r.Average, 1, 1e6, "requests")
		}
		if given.RateLimit.Burst != 0 {
			v.count(at.Child("burst"), r.Burst, 1, 1e6, "requests")
		}
		v.timeout(at.Child("period"), r.Period, time.Hour, "nobody waits longer")
	}
	if t.MaxInFlight != 0 {
		v.count(at.Child("maxInFlight"), t.MaxInFlight, 1, 1e6, "requests")
	}
}

func (v validator) forwardAuth(at *field.Path, t *Traefik) {
	f, at := t.ForwardAuth, at.Child("forwardAuth")
	if f == nil {
		return
	}
	if t.BasicAuth != nil {
		v.errorf(at, "keep one of them", "basicAuth would ask the same people once more")
	}
	const example = "http://oauth2-proxy.auth.svc:4180/oauth2/auth"
	v.asked(at.Child("address"), f.Address, example)
	v.headerNames(at.Child("authResponseHeaders"), f.AuthResponseHeaders)
}

// asked checks the URL of a program that a controller asks about each request,
// and reports whether it is one.
func (v validator) asked(at *field.Path, address, example string) bool {
	if address == "" {
		v.errorf(at, "", "missing: want the URL to ask, such as %s", example)
	}
	u := v.url(at, address, example, "http", "https")
	if u != nil && u.Scheme == "http" && reachable(u.Hostname(), "") {
		v.warnf(at, "write https", "%s is asked in clear, and it gets every request's cookies and passwords", u.Host)
	}
	return u != nil
}

func (v validator) headerNames(at *field.Path, names []string) {
	for i, name := range names {
		if len(validation.IsHTTPHeaderName(name)) > 0 {
			v.errorf(at.Index(i), "", "got %q, want the name of a header such as X-Auth-Request-Email", name)
		}
	}
}

// entryPointForm is a name that an annotation can list with others.
var entryPointForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`) // and at most 63 long

func (v validator) entryPoints(at *field.Path, names []string) {
	for i, name := range names {
		if !entryPointForm().MatchString(name) || len(name) > 63 {
			v.errorf(at.Index(i), "write one for each entry", "got %q, want an entry point such as websecure", name)
		}
	}
	if len(names) == 0 {
		v.errorf(at, "remove it for [websecure]", "got an empty list: Traefik would use its default entry points, plain http among them")
	}
}
