package generator

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// traefikMiddleware is Traefik's Middleware, as far as hearth writes it.
// Traefik's module does not build against the module proxy.
type traefikMiddleware struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              traefikMiddlewareSpec `json:"spec"`
}

type traefikMiddlewareSpec struct {
	Headers        *traefikHeaders        `json:"headers,omitempty"`
	IPAllowList    *traefikIPAllowList    `json:"ipAllowList,omitempty"`
	RateLimit      *traefikRateLimit      `json:"rateLimit,omitempty"`
	BasicAuth      *traefikBasicAuth      `json:"basicAuth,omitempty"`
	ForwardAuth    *traefikForwardAuth    `json:"forwardAuth,omitempty"`
	InFlightReq    *traefikInFlightReq    `json:"inFlightReq,omitempty"`
	RedirectScheme *traefikRedirectScheme `json:"redirectScheme,omitempty"`
}

type traefikHeaders struct {
	STSSeconds              int64  `json:"stsSeconds,omitempty"`
	ContentTypeNosniff      bool   `json:"contentTypeNosniff"`
	CustomFrameOptionsValue string `json:"customFrameOptionsValue"`
	ReferrerPolicy          string `json:"referrerPolicy"`
}

type traefikIPAllowList struct {
	SourceRange []string `json:"sourceRange"`
}

type traefikRateLimit struct {
	Average int    `json:"average"`
	Period  string `json:"period"`
	Burst   int    `json:"burst"`
}

type traefikBasicAuth struct {
	Secret string `json:"secret"`
	// RemoveHeader keeps the password from the program behind.
	RemoveHeader bool `json:"removeHeader"`
}

type traefikForwardAuth struct {
	Address             string   `json:"address"`
	TrustForwardHeader  bool     `json:"trustForwardHeader,omitempty"`
	AuthResponseHeaders []string `json:"authResponseHeaders,omitempty"`
}

type traefikInFlightReq struct {
	Amount int `json:"amount"`
}

type traefikRedirectScheme struct {
	Scheme    string `json:"scheme"`
	Permanent bool   `json:"permanent"`
}

// middlewares are the route's, in the order in which a request passes them:
// headers first, so that refusals carry them too; strangers are turned away
// before anybody counts their requests; requests are counted before a password
// is looked at, which costs time and can be guessed; and only those who are in
// take up a place among the requests in flight.
func (b builder) middlewares() []*traefikMiddleware {
	e := b.base.Expose
	var chain []*traefikMiddleware
	use := func(suffix string, s traefikMiddlewareSpec) { chain = append(chain, b.middleware(suffix, s)) }
	if e.SecurityHeaders {
		h := &traefikHeaders{
			ContentTypeNosniff:      true,
			CustomFrameOptionsValue: "SAMEORIGIN", // the chat shows documents in frames of its own
			ReferrerPolicy:          "same-origin",
		}
		if e.TLS.Type != v1alpha1.TLSNone {
			h.STSSeconds = 365 * 24 * 60 * 60
		}
		use("security-headers", traefikMiddlewareSpec{Headers: h})
	}
	if len(e.AllowList) > 0 {
		var ranges []string
		for _, c := range e.AllowList {
			ranges = append(ranges, string(c))
		}
		use("allow-list", traefikMiddlewareSpec{IPAllowList: &traefikIPAllowList{SourceRange: ranges}})
	}
	if r := e.RateLimit; r != nil {
		use("rate-limit", traefikMiddlewareSpec{RateLimit: &traefikRateLimit{
			Average: r.Average, Period: string(r.Period), Burst: r.Burst,
		}})
	}
	if e.BasicAuth != nil {
		use("basic-auth", traefikMiddlewareSpec{BasicAuth: &traefikBasicAuth{Secret: e.BasicAuth.SecretName, RemoveHeader: true}})
	}
	if f := e.ForwardAuth; f != nil {
		use("forward-auth", traefikMiddlewareSpec{ForwardAuth: &traefikForwardAuth{
			Address: f.Address, TrustForwardHeader: f.TrustForwardHeader, AuthResponseHeaders: f.AuthResponseHeaders,
		}})
	}
	if e.MaxInFlight > 0 {
		use("in-flight", traefikMiddlewareSpec{InFlightReq: &traefikInFlightReq{Amount: e.MaxInFlight}})
	}
	return chain
}

// middleware is one of the route's Middlewares, named after it.
func (b builder) middleware(suffix string, s traefikMiddlewareSpec) *traefikMiddleware {
	return &traefikMiddleware{
		TypeMeta:   metav1.TypeMeta{APIVersion: "traefik.io/v1alpha1", Kind: "Middleware"},
		ObjectMeta: b.meta(b.exposed(), b.base.Expose.Name+"-"+suffix),
		Spec:       s,
	}
}
