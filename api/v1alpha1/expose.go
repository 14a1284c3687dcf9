package v1alpha1

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Expose is the way in from outside the cluster. What only one controller can
// do stands in the member that is named for it, and only the member of the type
// may be there.
type Expose struct {
	// Type is internal (default, no way in), nginx (F5 NGINX Ingress
	// Controller), traefik, or gateway (Gateway API).
	Type ExposeType `json:"type,omitempty"`
	// Host is the DNS name that people use.
	Host Host `json:"host,omitempty"`
	// Name of the route and its companions. Default: the Service's name.
	Name string `json:"name,omitempty"`
	// Audience is private or public. Default: public, unless the host is a
	// private address, a nip.io or sslip.io name of one, or ends in .internal,
	// .local, .lan or .home.arpa. There is no DNS look-up.
	Audience Audience `json:"audience,omitempty"`
	// TLS of the host.
	TLS *TLS `json:"tls,omitempty"`
	// RedirectHTTP answers http:// with a redirect to https://. Default true
	// where there is TLS.
	RedirectHTTP *bool `json:"redirectHTTP,omitempty"`
	// WebSocket is upgrade (default) or polling: how Open WebUI's page hears
	// what is new (ENABLE_WEBSOCKET_SUPPORT). F5's controller is told as well;
	// others pass an upgrade on by themselves. Polling is for networks that let
	// no WebSocket through.
	WebSocket WebSocket `json:"webSocket,omitempty"`
	// From is where the controller's own traffic comes from, for the
	// NetworkPolicy. Defaults to the namespace and pod labels of the
	// controller's Helm chart; for gateway there is no default, since each
	// implementation has its proxies elsewhere. A controller on the host network
	// needs CIDRs.
	From *Peer `json:"from,omitempty"`
	// Annotations of the route alone, beside those that hearth writes: such as
	// external-dns's, or nginx.org/proxy-buffering. Their keys and values are
	// checked as the controller does.
	Annotations map[string]string `json:"annotations,omitempty"`
	// DangerouslyUnauthenticated lets everybody who reaches the host use Ollama
	// and delete its models. Without it Ollama's route has basicAuth or
	// forwardAuth, or is refused. The route carries the annotation
	// hearth.dev/allows: unauthenticated.
	DangerouslyUnauthenticated bool `json:"dangerouslyUnauthenticated,omitempty"`
	// NGINX is what F5's controller alone can do (type nginx).
	NGINX *NGINX `json:"nginx,omitempty"`
	// Traefik is what Traefik alone can do (type traefik).
	Traefik *Traefik `json:"traefik,omitempty"`
	// Gateway that the route attaches to (type gateway). Required there.
	Gateway *Gateway `json:"gateway,omitempty"`
}

// ExposeType is the kind of route.
type ExposeType string

// The kinds of route.
const (
	ExposeInternal ExposeType = "internal"
	ExposeNginx    ExposeType = "nginx"
	ExposeTraefik  ExposeType = "traefik"
	ExposeGateway  ExposeType = "gateway"
)

// Values lists the allowed kinds.
func (ExposeType) Values() []string {
	return []string{string(ExposeInternal), string(ExposeNginx), string(ExposeTraefik), string(ExposeGateway)}
}

// WebSocket is how a page hears what is new.
type WebSocket string

// The ways for a page to hear what is new.
const (
	WebSocketUpgrade WebSocket = "upgrade"
	WebSocketPolling WebSocket = "polling"
)

// Values lists the allowed ways.
func (WebSocket) Values() []string {
	return []string{string(WebSocketUpgrade), string(WebSocketPolling)}
}

// Audience is who can reach a host.
type Audience string

// The audiences.
const (
	AudiencePrivate Audience = "private"
	AudiencePublic  Audience = "public"
)

// Values lists the allowed audiences.
func (Audience) Values() []string {
	return []string{string(AudiencePrivate), string(AudiencePublic)}
}

// BasicAuth asks for a user name and password.
type BasicAuth struct {
	// SecretName in the base's namespace. `hearth secrets` makes it in the form
	// the controller wants.
	SecretName string `json:"secretName"`
}

// Program is what runs behind a route, as far as it changes who may be let in.
type Program string

// The programs that a route has rules for.
const (
	// ProgramOllama has no password of its own.
	ProgramOllama Program = "Ollama"
	// ProgramOpenWebUI signs people in itself.
	ProgramOpenWebUI Program = "Open WebUI"
	// ProgramOther is one that hearth does not know.
	ProgramOther Program = ""
)

// Exposed reports whether there is a way in.
func (e *Expose) Exposed() bool { return e != nil && e.Type != "" && e.Type != ExposeInternal }

// URL of the exposed service, without a slash at the end.
func (e *Expose) URL() string {
	if e.TLS != nil && e.TLS.Type == TLSNone {
		return "http://" + string(e.Host)
	}
	return "https://" + string(e.Host)
}

// BasicAuth is where the passwords are that the route asks for; nil if it asks
// for none.
func (e *Expose) BasicAuth() *BasicAuth {
	switch {
	case e.NGINX != nil:
		return e.NGINX.BasicAuth
	case e.Traefik != nil:
		return e.Traefik.BasicAuth
	}
	return nil
}

// Authenticated reports whether the route asks who somebody is before the
// program answers.
func (e *Expose) Authenticated() bool {
	return e.BasicAuth() != nil || e.Traefik != nil && e.Traefik.ForwardAuth != nil
}

// BodyLimit is the largest body of a request in bytes; 0 is no limit, or none
// that the route sets.
func (e *Expose) BodyLimit() int64 {
	if e.NGINX == nil {
		return 0
	}
	return e.NGINX.MaxBodySize.Bytes()
}

// Patience is how long the route waits for an answer; 0 if the route does not
// say.
func (e *Expose) Patience() time.Duration {
	switch {
	case e.NGINX != nil:
		return e.NGINX.ReadTimeout.Parsed()
	case e.Gateway != nil:
		return e.Gateway.RequestTimeout.Parsed()
	}
	return 0
}

// Default fills in a route to the named Service.
func (e *Expose) Default(service string) {
	fill(&e.Type, ExposeInternal)
	if e.Type == ExposeInternal {
		return
	}
	fill(&e.Name, service)
	fill(&e.WebSocket, WebSocketUpgrade)
	if e.Audience == "" {
		e.Audience = AudiencePublic
		if e.Host.Private() {
			e.Audience = AudiencePrivate
		}
	}
	if e.TLS == nil {
		e.TLS = &TLS{} // refused later: its type has no default
	}
	e.TLS.applyDefaults(e.Name)
	fillPointer(&e.RedirectHTTP, e.TLS.Type != TLSNone)
	switch e.Type {
	case ExposeNginx:
		fillPointer(&e.NGINX, NGINX{})
		e.NGINX.applyDefaults(e)
	case ExposeTraefik:
		fillPointer(&e.Traefik, Traefik{})
		e.Traefik.applyDefaults(e)
	case ExposeGateway:
		fillPointer(&e.Gateway, Gateway{})
		e.Gateway.applyDefaults(e)
	}
}
