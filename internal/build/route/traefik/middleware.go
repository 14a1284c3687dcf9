package traefik

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// middleware is Traefik's Middleware, as far as hearth writes it: Traefik's module
// does not build against the module proxy.
type middleware struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              middlewareSpec `json:"spec"`
}

type middlewareSpec struct {
	Headers        *headers        `json:"headers,omitempty"`
	IPAllowList    *ipAllowList    `json:"ipAllowList,omitempty"`
	RateLimit      *rateLimit      `json:"rateLimit,omitempty"`
	BasicAuth      *basicAuth      `json:"basicAuth,omitempty"`
	ForwardAuth    *forwardAuth    `json:"forwardAuth,omitempty"`
	InFlightReq    *inFlightReq    `json:"inFlightReq,omitempty"`
	RedirectScheme *redirectScheme `json:"redirectScheme,omitempty"`
}

type headers struct {
	STSSeconds              int64  `json:"stsSeconds,omitempty"`
	ContentTypeNosniff      bool   `json:"contentTypeNosniff"`
	CustomFrameOptionsValue string `json:"customFrameOptionsValue"`
	ReferrerPolicy          string `json:"referrerPolicy"`
}

type ipAllowList struct {
	SourceRange []string `json:"sourceRange"`
}

type rateLimit struct {
	Average int    `json:"average"`
	Period  string `json:"period"`
	Burst   int    `json:"burst"`
}

type basicAuth struct {
	Secret string `json:"secret"`
	// RemoveHeader keeps the password from the program behind.
	RemoveHeader bool `json:"removeHeader"`
}

type forwardAuth struct {
	Address             string   `json:"address"`
	TrustForwardHeader  bool     `json:"trustForwardHeader,omitempty"`
	AuthResponseHeaders []string `json:"authResponseHeaders,omitempty"`
}

type inFlightReq struct {
	Amount int `json:"amount"`
}

type redirectScheme struct {
	Scheme    string `json:"scheme"`
	Permanent bool   `json:"permanent"`
}

// middlewares are the route's, in the order in which a request passes them:
// headers first, so that refusals carry them too; strangers are turned away
// before anybody counts their requests; requests are counted before a password
// is looked at, which costs time and can be guessed; and only those who are in
// take up a place among the requests in flight.
func (r route) middlewares() []*middleware {
	t := r.expose.Traefik
	var chain []*middleware
	use := func(suffix string, s middlewareSpec) { chain = append(chain, r.middleware(suffix, s)) }
	if t.SecurityHeaders {
		h := &headers{
			ContentTypeNosniff:      true,
			CustomFrameOptionsValue: "SAMEORIGIN", // the chat shows documents in frames of its own
			ReferrerPolicy:          "same-origin",
		}
		if r.expose.TLS.Type != v1alpha1.TLSNone {
			h.STSSeconds = 365 * 24 * 60 * 60
		}
		use("security-headers", middlewareSpec{Headers: h})
	}
	if len(t.AllowList) > 0 {
		use("allow-list", middlewareSpec{IPAllowList: &ipAllowList{SourceRange: controller.Ranges(t.AllowList)}})
	}
	if l := t.RateLimit; l != nil {
		use("rate-limit", middlewareSpec{RateLimit: &rateLimit{
			Average: l.Average, Period: string(l.Period), Burst: l.Burst,
		}})
	}
	if t.BasicAuth != nil {
		use("basic-auth", middlewareSpec{BasicAuth: &basicAuth{Secret: t.BasicAuth.SecretName, RemoveHeader: true}})
	}
	if f := t.ForwardAuth; f != nil {
		use("forward-auth", middlewareSpec{ForwardAuth: &forwardAuth{
			Address: f.Address, TrustForwardHeader: f.TrustForwardHeader, AuthResponseHeaders: f.AuthResponseHeaders,
		}})
	}
	if t.MaxInFlight > 0 {
		use("in-flight", middlewareSpec{InFlightReq: &inFlightReq{Amount: t.MaxInFlight}})
	}
	return chain
}

// middleware is one of the route's Middlewares, named after it.
func (r route) middleware(suffix string, s middlewareSpec) *middleware {
	return &middleware{
		TypeMeta:   metav1.TypeMeta{APIVersion: "traefik.io/v1alpha1", Kind: "Middleware"},
		ObjectMeta: r.Meta(r.expose.Name + "-" + suffix),
		Spec:       s,
	}
}
