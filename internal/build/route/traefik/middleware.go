package traefik

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// middlewareSpec is that of Traefik's Middleware. Traefik's module does not build
// against the module proxy.
type middlewareSpec struct {
	Headers        *headers              `json:"headers,omitempty"`
	IPAllowList    *ipAllowList          `json:"ipAllowList,omitempty"`
	RateLimit      *v1alpha1.RateLimit   `json:"rateLimit,omitempty"`
	BasicAuth      *basicAuth            `json:"basicAuth,omitempty"`
	ForwardAuth    *v1alpha1.ForwardAuth `json:"forwardAuth,omitempty"`
	InFlightReq    *inFlightReq          `json:"inFlightReq,omitempty"`
	Buffering      *buffering            `json:"buffering,omitempty"`
	RedirectScheme *redirectScheme       `json:"redirectScheme,omitempty"`
}

type headers struct {
	STSSeconds              int64  `json:"stsSeconds,omitempty"`
	ContentTypeNosniff      bool   `json:"contentTypeNosniff"`
	CustomFrameOptionsValue string `json:"customFrameOptionsValue"`
	ReferrerPolicy          string `json:"referrerPolicy"`
}

type ipAllowList struct {
	SourceRange []v1alpha1.CIDR `json:"sourceRange"`
}

type basicAuth struct {
	Secret string `json:"secret"`
	// RemoveHeader keeps the password from the program behind.
	RemoveHeader bool `json:"removeHeader"`
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
func (r route) middlewares() []*object.Custom {
	t := r.expose.Traefik
	var chain []*object.Custom
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
		use("allow-list", middlewareSpec{IPAllowList: &ipAllowList{SourceRange: t.AllowList}})
	}
	if t.RateLimit != nil {
		use("rate-limit", middlewareSpec{RateLimit: t.RateLimit})
	}
	if t.BasicAuth != nil {
		use("basic-auth", middlewareSpec{BasicAuth: &basicAuth{Secret: t.BasicAuth.SecretName, RemoveHeader: true}})
	}
	if t.ForwardAuth != nil {
		use("forward-auth", middlewareSpec{ForwardAuth: t.ForwardAuth})
	}
	if t.MaxInFlight > 0 {
		use("in-flight", middlewareSpec{InFlightReq: &inFlightReq{Amount: t.MaxInFlight}})
	}
	return chain
}

// middleware is one of the route's Middlewares, named after it.
func (r route) middleware(suffix string, s middlewareSpec) *object.Custom {
	return &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "traefik.io/v1alpha1", Kind: "Middleware"},
		ObjectMeta: r.Meta(r.expose.Name + "-" + suffix),
		Spec:       s,
	}
}
