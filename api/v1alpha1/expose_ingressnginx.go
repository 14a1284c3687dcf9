package v1alpha1

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// IngressNGINX is a route through ingress-nginx, the controller of the
// Kubernetes community, which is retired: since March 2026 it gets no fixes, not
// even of security.
type IngressNGINX struct {
	// ClassName of the Ingress. Default nginx.
	ClassName string `json:"className,omitzero"`
	// MaxBodySize of a request, such as an uploaded document. Default: 1Mi above
	// openWebUI.maxUploadSize where the base has a chat, else 10Mi; 0 is no limit.
	// The controller's own default of 1 MiB is too small for documents.
	MaxBodySize BodySize `json:"maxBodySize,omitzero"`
	// ReadTimeout between two chunks of an answer. Default 1h: the controller's
	// own, 60s, cuts a model that thinks for longer.
	ReadTimeout Duration `json:"readTimeout,omitzero"`
	// SendTimeout between two chunks of a request. Default 1h.
	SendTimeout Duration `json:"sendTimeout,omitzero"`
	// ConnectTimeout to the pod. Default: the controller's 5s.
	ConnectTimeout Duration `json:"connectTimeout,omitzero"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitzero"`
	// ForwardAuth has another program, such as an OIDC proxy, decide about each
	// request. It counts as authentication. A controller whose administrator has
	// set annotations-risk-level below High refuses the Ingress.
	ForwardAuth *AuthRequest `json:"forwardAuth,omitzero"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitzero"`
}

// AuthRequest is a program that ingress-nginx asks about each request, such as
// oauth2-proxy or Authelia: a status of 2xx lets the request pass, and 401 or 403
// refuses it.
type AuthRequest struct {
	// Address to ask, such as
	// http://oauth2-proxy.auth.svc.cluster.local:4180/oauth2/auth. It is the
	// controller that asks, and not our pod: no NetworkPolicy of ours is in the
	// way.
	Address string `json:"address"`
	// SignInURL is where a person goes who got 401, such as
	// https://auth.example.org/oauth2/start. The controller adds the address to
	// come back to, as the parameter rd. Default: none, the person sees 401.
	SignInURL string `json:"signInURL,omitzero"`
	// AuthResponseHeaders are taken from the answer and put into the request, in
	// place of what the client sent: such as X-Auth-Request-Email.
	AuthResponseHeaders []string `json:"authResponseHeaders,omitzero"`
}

func (n *IngressNGINX) applyDefaults(e *Expose) {
	fill(&n.ClassName, "nginx")
	fill(&n.MaxBodySize, "10Mi")
	fill(&n.ReadTimeout, "1h")
	fill(&n.SendTimeout, "1h")
	fillPointer(&e.From, ControllerPods(ExposeIngressNGINX))
}

// ingressNGINX checks what ingress-nginx can do.
func (v validator) ingressNGINX(expose *field.Path, n *IngressNGINX) {
	at := expose.Child("ingressNGINX")
	v.warnf(expose.Child("type"), "move to nginx (F5's), traefik or gateway",
		"ingress-nginx is retired: since March 2026 nobody fixes it, and a hole in it stays open")
	v.name(at.Child("className"), n.ClassName, "an IngressClass")
	v.nginxTimeouts(at, n.ReadTimeout, n.SendTimeout, n.ConnectTimeout)
	v.allowList(at.Child("allowList"), n.AllowList)
	v.authRequest(at, n)
}

// nginxTimeouts checks what nginx itself has a limit for, whoever's it is.
func (v validator) nginxTimeouts(at *field.Path, read, send, connect Duration) {
	v.timeout(at.Child("readTimeout"), read, 24*time.Hour, "a connection that is silent for a day is dead")
	v.timeout(at.Child("sendTimeout"), send, 24*time.Hour, "a connection that is silent for a day is dead")
	v.timeout(at.Child("connectTimeout"), connect, 75*time.Second, "nginx cannot wait longer for a connection")
}

func (v validator) authRequest(at *field.Path, n *IngressNGINX) {
	f, at := n.ForwardAuth, at.Child("forwardAuth")
	if f == nil {
		return
	}
	if n.BasicAuth != nil {
		v.errorf(at, "keep one of them", "basicAuth would ask the same people once more")
	}
	const example = "http://oauth2-proxy.auth.svc.cluster.local:4180/oauth2/auth"
	if v.asked(at.Child("address"), f.Address, example) {
		v.annotationURL(at.Child("address"), f.Address)
	}
	if v.url(at.Child("signInURL"), f.SignInURL, "https://auth.example.org/oauth2/start", "http", "https") != nil {
		v.annotationURL(at.Child("signInURL"), f.SignInURL)
	}
	v.headerNames(at.Child("authResponseHeaders"), f.AuthResponseHeaders)
}

// urlCharacters are those that the controller takes in the URL of an annotation,
// besides letters and digits. A $ would begin one of nginx's variables.
const urlCharacters = "-._~/:?&="

// annotationURL refuses what the controller rejects the whole Ingress for.
func (v validator) annotationURL(at *field.Path, text string) {
	for _, c := range text {
		if ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') && !strings.ContainsRune(urlCharacters, c) {
			v.errorf(at, "", "got the character %q, want letters, digits and %s: with another one the controller rejects the whole Ingress", c, urlCharacters)
			return
		}
	}
}
