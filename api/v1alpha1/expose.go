package v1alpha1

// Expose is the way in from outside the cluster.
type Expose struct {
	// Type is internal (default, no way in), nginx (F5 NGINX Ingress
	// Controller), traefik, or gateway (Gateway API).
	Type ExposeType `json:"type,omitempty"`
	// Host is the DNS name that people use.
	Host Host `json:"host,omitempty"`
	// Path is always "/": Open WebUI cannot live under a sub-path, and clients
	// of Ollama expect /api.
	Path string `json:"path,omitempty"`
	// Name of the Ingress and its companions. Default: the Service's name.
	Name string `json:"name,omitempty"`
	// ClassName of the Ingress (nginx, traefik). Defaults to nginx or traefik.
	ClassName string `json:"className,omitempty"`
	// Audience is private or public. Default: public, unless the host is a
	// private address, a nip.io or sslip.io name of one, or ends in .internal,
	// .local, .lan or .home.arpa. There is no DNS look-up.
	Audience Audience `json:"audience,omitempty"`
	// TLS of the host.
	TLS *TLS `json:"tls,omitempty"`
	// RedirectHTTP answers http:// with a redirect to https://. Default true
	// where there is TLS.
	RedirectHTTP *bool `json:"redirectHTTP,omitempty"`
	// MaxBodySize of a request, such as an uploaded document (nginx only).
	// Default 10Mi; 0 is no limit. The controller's own default of 1 MiB is too
	// small for documents.
	MaxBodySize BodySize `json:"maxBodySize,omitempty"`
	// ReadTimeout between two chunks of an answer (nginx), or of an answer as a
	// whole (gateway). Default 1h: a controller's own default, such as nginx's
	// 60s, cuts a model that thinks for longer.
	ReadTimeout Duration `json:"readTimeout,omitempty"`
	// SendTimeout between two chunks of a request (nginx only). Default 1h.
	SendTimeout Duration `json:"sendTimeout,omitempty"`
	// ConnectTimeout to the pod (nginx only). Default: the controller's 60s.
	ConnectTimeout Duration `json:"connectTimeout,omitempty"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitempty"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitempty"`
	// From is where the controller's own traffic comes from, for the
	// NetworkPolicy. Defaults to the namespace and pod labels of the
	// controller's Helm chart; for gateway there is no default, since each
	// implementation has its proxies elsewhere. A controller on the host network
	// needs CIDRs.
	From *Peer `json:"from,omitempty"`
	// EntryPoints of Traefik that serve https. Default [websecure].
	EntryPoints []string `json:"entryPoints,omitempty"`
	// WebSocket is upgrade (default) or polling: how Open WebUI's page hears
	// what is new (ENABLE_WEBSOCKET_SUPPORT). F5's controller is told as well;
	// others pass an upgrade on by themselves. Polling is for networks that let
	// no WebSocket through.
	WebSocket WebSocket `json:"webSocket,omitempty"`
	// Annotations of the route alone, beside those that hearth writes: such as
	// external-dns's, or nginx.org/proxy-buffering. Their keys and values are
	// checked as the controller does.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Route is ingress (default), a plain Ingress, or ingressRoute, Traefik's
	// own object (traefik only).
	Route TraefikRoute `json:"route,omitempty"`
	// ForwardAuth has another program, such as an OIDC proxy, decide about each
	// request (traefik only). It counts as authentication.
	ForwardAuth *ForwardAuth `json:"forwardAuth,omitempty"`
	// RateLimit slows one client address down (traefik only). Default: none.
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// MaxInFlight is how many requests are answered at a time, of all people
	// together (traefik only); the others get 429. A page that upgraded to a
	// WebSocket holds one. Default: no limit.
	MaxInFlight int `json:"maxInFlight,omitempty"`
	// SecurityHeaders tells browsers to come back by https only, for a year, not
	// to guess types, and not to show the page in another site's frame (traefik
	// only). Default false: a browser does not forget the first of these.
	SecurityHeaders bool `json:"securityHeaders,omitempty"`
	// Gateway that the route attaches to (gateway only). Required there.
	Gateway *Gateway `json:"gateway,omitempty"`
	// DangerouslyUnauthenticated lets everybody who reaches the host use Ollama
	// and delete its models. Without it Ollama's route has basicAuth or
	// forwardAuth, or is refused. The route carries the annotation
	// hearth.dev/allows: unauthenticated.
	DangerouslyUnauthenticated bool `json:"dangerouslyUnauthenticated,omitempty"`
}

// Authenticated tells a route that asks who somebody is before Ollama answers.
func (e *Expose) Authenticated() bool { return e.BasicAuth != nil || e.ForwardAuth != nil }

// URL of the exposed service, without a slash at the end.
func (e *Expose) URL() string {
	if e.TLS != nil && e.TLS.Type == TLSNone {
		return "http://" + string(e.Host)
	}
	return "https://" + string(e.Host)
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

// TLS is where the host's certificate comes from.
type TLS struct {
	// Type is certManager, secret (one that exists), certResolver (Traefik's
	// own), gateway (the certificate of the Gateway that is there) or none. No
	// default: choose.
	Type TLSType `json:"type"`
	// SecretName holds the certificate (certManager, secret). Defaults to the
	// Ingress's name with "-tls" for certManager.
	SecretName string `json:"secretName,omitempty"`
	// Issuer signs it (certManager).
	Issuer *Issuer `json:"issuer,omitempty"`
	// PrivateKey of the certificate (certManager).
	PrivateKey *PrivateKey `json:"privateKey,omitempty"`
	// Duration of the certificate (certManager). Default 2160h, cert-manager's own.
	Duration Duration `json:"duration,omitempty"`
	// RenewBefore its end (certManager). Default 720h.
	RenewBefore Duration `json:"renewBefore,omitempty"`
	// ACMESolver admits the controller (from) to the pods by which cert-manager
	// answers an HTTP-01 challenge in the base's namespace (certManager). Default
	// false: what kind the issuer is, only the cluster knows; and only where other
	// NetworkPolicies close the namespace are those pods closed at all. The
	// issuer's solver has to use the route's controller.
	ACMESolver bool `json:"acmeSolver,omitempty"`
	// CertResolver is the name of a resolver in Traefik's static configuration
	// (certResolver).
	CertResolver string `json:"certResolver,omitempty"`
}

// TLSType is the source of a certificate.
type TLSType string

// The sources of a certificate.
const (
	TLSCertManager  TLSType = "certManager"
	TLSSecret       TLSType = "secret"
	TLSCertResolver TLSType = "certResolver"
	TLSGateway      TLSType = "gateway"
	TLSNone         TLSType = "none"
)

// Values lists the allowed sources.
func (TLSType) Values() []string {
	return []string{string(TLSCertManager), string(TLSSecret), string(TLSCertResolver), string(TLSGateway), string(TLSNone)}
}

// Issuer is a cert-manager issuer.
type Issuer struct {
	// Kind is ClusterIssuer (default) or Issuer.
	Kind IssuerKind `json:"kind,omitempty"`
	// Name of the issuer. It must exist.
	Name string `json:"name"`
}

// IssuerKind is the scope of an issuer.
type IssuerKind string

// Values lists the allowed kinds.
func (IssuerKind) Values() []string { return []string{"ClusterIssuer", "Issuer"} }

// PrivateKey of a certificate.
type PrivateKey struct {
	// Algorithm is ECDSA (default), RSA or Ed25519.
	Algorithm KeyAlgorithm `json:"algorithm,omitempty"`
	// Size in bits: 256 (default), 384 or 521 for ECDSA; 2048 (default), 4096
	// or 8192 for RSA; none for Ed25519.
	Size int `json:"size,omitempty"`
}

// KeyAlgorithm of a private key, as cert-manager spells it.
type KeyAlgorithm string

// Values lists the allowed algorithms.
func (KeyAlgorithm) Values() []string { return []string{"ECDSA", "RSA", "Ed25519"} }

// BasicAuth asks for a user name and password.
type BasicAuth struct {
	// SecretName in the base's namespace. `hearth secrets` makes it in the form
	// the controller wants.
	SecretName string `json:"secretName"`
}
