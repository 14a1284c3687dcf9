package v1alpha1

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// Expose is the way in from outside the cluster. What only one controller can
// do stands in the member that is named for it, and only the member of the type
// may be there.
type Expose struct {
	// Type is internal (default, no way in), nginx (F5 NGINX Ingress
	// Controller), ingressNGINX (the Kubernetes community's ingress-nginx, which
	// is retired), traefik, or gateway (Gateway API).
	Type ExposeType `json:"type,omitzero"`
	// Host is the DNS name that people use. With a variable in it (spec.substitute)
	// audience is required, unless the name ends in one that is private.
	Host Host `json:"host,omitzero"`
	// AdditionalHosts are more names of the same program, 15 at most: one route and
	// one certificate for all. Links, probes, WEBUI_URL and the sign-in at a
	// provider go by host. Default none.
	AdditionalHosts []Host `json:"additionalHosts,omitzero"`
	// Name of the route and its companions. Default: the Service's name.
	Name string `json:"name,omitzero"`
	// Audience is private or public. Default: public, unless each host is a
	// private address, a nip.io or sslip.io name of one, or ends in .internal,
	// .local, .lan or .home.arpa. There is no DNS look-up.
	Audience Audience `json:"audience,omitzero"`
	// TLS of the host.
	TLS *TLS `json:"tls,omitzero"`
	// RedirectHTTP answers http:// with a redirect to https://. Default true
	// where there is TLS.
	RedirectHTTP *bool `json:"redirectHTTP,omitzero"`
	// WebSocket is upgrade (default) or polling: how Open WebUI's page hears
	// what is new (ENABLE_WEBSOCKET_SUPPORT). F5's controller is told as well;
	// others pass an upgrade on by themselves. Polling is for networks that let
	// no WebSocket through.
	WebSocket WebSocket `json:"webSocket,omitzero"`
	// From is where the controller's own traffic comes from, for the
	// NetworkPolicy. Defaults to the namespace and pod labels of the
	// controller's Helm chart; for gateway there is no default, since each
	// implementation has its proxies elsewhere. A controller on the host network
	// needs CIDRs.
	From *Peer `json:"from,omitzero"`
	// Annotations of the route alone, beside those that hearth writes: such as
	// external-dns's, or nginx.org/proxy-buffering. Their keys and values are
	// checked as the controller does.
	Annotations map[string]string `json:"annotations,omitzero"`
	// Tile is the link to the host on dashboards. Default none.
	Tile *Tile `json:"tile,omitzero"`
	// APIKeys are what programs that use Ollama send, as an OpenAI client does:
	// Authorization: Bearer KEY. For a base without a chat, in the place of
	// basicAuth and forwardAuth. Default none.
	APIKeys *APIKeys `json:"apiKeys,omitzero"`
	// DangerouslyUnauthenticated lets everybody who reaches the host use Ollama
	// and delete its models. Without it Ollama's route has basicAuth, forwardAuth
	// or apiKeys, or is refused. The route carries the annotation
	// hearth.dev/allows: unauthenticated.
	DangerouslyUnauthenticated bool `json:"dangerouslyUnauthenticated,omitzero"`
	// NGINX is what F5's controller alone can do (type nginx).
	NGINX *NGINX `json:"nginx,omitzero"`
	// IngressNGINX is what ingress-nginx alone can do (type ingressNGINX).
	IngressNGINX *IngressNGINX `json:"ingressNGINX,omitzero"`
	// Traefik is what Traefik alone can do (type traefik).
	Traefik *Traefik `json:"traefik,omitzero"`
	// Gateway that the route attaches to (type gateway). Required there.
	Gateway *Gateway `json:"gateway,omitzero"`
}

// ExposeType is the kind of route.
type ExposeType string

// The kinds of route.
const (
	ExposeInternal     ExposeType = "internal"
	ExposeNginx        ExposeType = "nginx"
	ExposeIngressNGINX ExposeType = "ingressNGINX"
	ExposeTraefik      ExposeType = "traefik"
	ExposeGateway      ExposeType = "gateway"
)

// Values lists the allowed kinds.
func (ExposeType) Values() []string {
	return texts(ExposeInternal, ExposeNginx, ExposeIngressNGINX, ExposeTraefik, ExposeGateway)
}

// ControllerPods is where a controller's pods are by its own chart: expose.from by
// default. Empty where each implementation has them elsewhere.
func ControllerPods(t ExposeType) Peer {
	switch t {
	case ExposeNginx:
		return Peer{Namespace: "nginx-ingress", PodLabels: map[string]string{"app.kubernetes.io/name": "nginx-ingress"}}
	case ExposeIngressNGINX:
		return Peer{Namespace: "ingress-nginx", PodLabels: map[string]string{"app.kubernetes.io/name": "ingress-nginx"}}
	case ExposeTraefik: // k3s runs it in kube-system, with the same label
		return Peer{Namespace: "traefik", PodLabels: map[string]string{"app.kubernetes.io/name": "traefik"}}
	}
	return Peer{}
}

// WebSocket is how a page hears what is new.
type WebSocket string

// The ways for a page to hear what is new.
const (
	WebSocketUpgrade WebSocket = "upgrade"
	WebSocketPolling WebSocket = "polling"
)

// Values lists the allowed ways.
func (WebSocket) Values() []string { return texts(WebSocketUpgrade, WebSocketPolling) }

// Audience is who can reach a host.
type Audience string

// The audiences.
const (
	AudiencePrivate Audience = "private"
	AudiencePublic  Audience = "public"
)

// Values lists the allowed audiences.
func (Audience) Values() []string { return texts(AudiencePrivate, AudiencePublic) }

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

// Hosts are all names of the exposed service, the one that people use first.
func (e *Expose) Hosts() []Host {
	if e.Host == "" {
		return nil
	}
	return append([]Host{e.Host}, e.AdditionalHosts...)
}

// anyHost is the first host with a property; "" if none has it.
func (e *Expose) anyHost(has func(Host) bool) Host {
	if i := slices.IndexFunc(e.Hosts(), func(h Host) bool { return h != "" && has(h) }); i >= 0 {
		return e.Hosts()[i]
	}
	return ""
}

// URL of the exposed service, without a slash at the end.
func (e *Expose) URL() string { return e.urlOf(e.Host) }

// URLs are those of all hosts, in their order.
func (e *Expose) URLs() []string {
	var all []string
	for _, h := range e.Hosts() {
		all = append(all, e.urlOf(h))
	}
	return all
}

func (e *Expose) urlOf(h Host) string {
	if e.TLS != nil && e.TLS.Type == TLSNone {
		return "http://" + string(h)
	}
	return "https://" + string(h)
}

// BasicAuth is where the passwords are that the route asks for; nil if it asks
// for none.
func (e *Expose) BasicAuth() *BasicAuth {
	switch {
	case e.NGINX != nil:
		return e.NGINX.BasicAuth
	case e.IngressNGINX != nil:
		return e.IngressNGINX.BasicAuth
	case e.Traefik != nil:
		return e.Traefik.BasicAuth
	}
	return nil
}

// Authenticated reports whether the route asks who somebody is before the
// program answers.
func (e *Expose) Authenticated() bool {
	return e.Refuses() || e.ForwardAuthAddress() != ""
}

// Refuses reports whether who brings no password or no key is answered 401.
func (e *Expose) Refuses() bool { return e.BasicAuth() != nil || e.APIKeys != nil }

// ForwardAuthAddress is that of the program which the controller asks about each
// request; "" if it asks none.
func (e *Expose) ForwardAuthAddress() string {
	switch {
	case e.Traefik != nil && e.Traefik.ForwardAuth != nil:
		return e.Traefik.ForwardAuth.Address
	case e.IngressNGINX != nil && e.IngressNGINX.ForwardAuth != nil:
		return e.IngressNGINX.ForwardAuth.Address
	}
	return ""
}

// AllowList is the client addresses that the route admits; nil if it admits all.
func (e *Expose) AllowList() []CIDR {
	switch {
	case e.NGINX != nil:
		return e.NGINX.AllowList
	case e.IngressNGINX != nil:
		return e.IngressNGINX.AllowList
	case e.Traefik != nil:
		return e.Traefik.AllowList
	}
	return nil
}

// BodyLimit is the largest body of a request in bytes; 0 is no limit, or none
// that the route sets.
func (e *Expose) BodyLimit() int64 {
	if size := e.maxBodySize(); size != nil {
		return size.Bytes()
	}
	return 0
}

// maxBodySize is the field for the largest body; nil if the route has none.
func (e *Expose) maxBodySize() *BodySize {
	switch {
	case e == nil:
	case e.NGINX != nil:
		return &e.NGINX.MaxBodySize
	case e.IngressNGINX != nil:
		return &e.IngressNGINX.MaxBodySize
	}
	return nil
}

// Patience is how long the route waits for an answer; 0 if the route does not
// say.
func (e *Expose) Patience() time.Duration {
	switch {
	case e.NGINX != nil:
		return e.NGINX.ReadTimeout.Parsed()
	case e.IngressNGINX != nil:
		return e.IngressNGINX.ReadTimeout.Parsed()
	case e.Gateway != nil:
		return e.Gateway.RequestTimeout.Parsed()
	}
	return 0
}

// Default fills in a route to the named Service.
func (e *Expose) Default(service string, p Program) {
	fill(&e.Type, ExposeInternal)
	if e.Type == ExposeInternal {
		return
	}
	fill(&e.Name, service)
	fill(&e.WebSocket, WebSocketUpgrade)
	if e.Audience == "" {
		e.Audience = AudiencePublic
		if e.Host.Private() && e.anyHost(Host.public) == "" {
			e.Audience = AudiencePrivate
		}
	}
	if e.TLS == nil {
		e.TLS = &TLS{} // refused later: its type has no default
	}
	e.TLS.applyDefaults(e.Name)
	fillPointer(&e.RedirectHTTP, e.TLS.Type != TLSNone)
	if e.Tile != nil {
		e.Tile.applyDefaults(service, p)
	}
	if e.APIKeys != nil {
		e.APIKeys.applyDefaults()
	}
	switch e.Type {
	case ExposeNginx:
		fillPointer(&e.NGINX, NGINX{})
		e.NGINX.applyDefaults(e)
	case ExposeIngressNGINX:
		fillPointer(&e.IngressNGINX, IngressNGINX{})
		e.IngressNGINX.applyDefaults(e)
	case ExposeTraefik:
		fillPointer(&e.Traefik, Traefik{})
		e.Traefik.applyDefaults(e)
	case ExposeGateway:
		fillPointer(&e.Gateway, Gateway{})
		e.Gateway.applyDefaults(e)
	}
}

// Validate reports everything that is wrong with a route, as written, to a
// Service that runs the program; paths count from it. policed says that a
// NetworkPolicy stands before the program: it has to know the controller.
func (e *Expose) Validate(p Program, policed bool) problem.List {
	v := newValidator()
	full := clone(*e)
	full.Default("service", p)
	v.expose(nil, e, &full, p, policed)
	return v.problems.Sorted()
}

// expose checks the way in; given is it as written.
func (v validator) expose(at *field.Path, given, e *Expose, p Program, policed bool) {
	v = v.because(at.Child("type"))
	if given == nil {
		given = &Expose{}
	}
	if e.Type == ExposeInternal {
		v.internal(at, given)
		return
	}
	if e.Host == "" {
		v.errorf(at.Child("host"), "", "missing: want the DNS name that people use, such as chat.example.org")
	}
	v.additionalHosts(at.Child("additionalHosts"), e)
	v.label(at.Child("name"), e.Name, "the route's name")
	v.staysText(at.Child("name"), e.Name)
	for member, set := range map[ExposeType]bool{
		ExposeNginx: given.NGINX != nil, ExposeIngressNGINX: given.IngressNGINX != nil,
		ExposeTraefik: given.Traefik != nil, ExposeGateway: given.Gateway != nil,
	} {
		if set && member != e.Type {
			v.errorf(at.Child(string(member)), problem.Remove, "has no effect: type is %s", e.Type)
		}
	}
	switch e.Type {
	case ExposeNginx:
		v.nginx(at.Child("nginx"), e.NGINX)
	case ExposeIngressNGINX:
		v.ingressNGINX(at, e.IngressNGINX)
	case ExposeTraefik:
		v.traefik(at.Child("traefik"), given.Traefik, e)
	case ExposeGateway:
		v.gateway(at, given.Gateway, e)
	}
	v.from(at, e, policed || e.TLS.ACMESolver())
	if p == ProgramOllama && given.WebSocket != "" {
		v.errorf(at.Child("webSocket"), problem.Remove, "has no effect: Ollama has no WebSocket")
	}
	v.annotations(at.Child("annotations"), e.Annotations)
	v.tile(at, e)
	v.tls(at, given.TLS, e)
	if h := e.anyHost(func(h Host) bool { return HasVariable(string(h)) && h.public() }); h != "" && given.Audience == "" {
		v.because(at.Child("host"), at.Child("additionalHosts")).errorf(at.Child("audience"), "write private or public", "missing: the host %s has a variable, so that nobody can tell from it who reaches it", h)
	}
	v.access(at, e, p)
}

// internal refuses what only a route has.
func (v validator) internal(at *field.Path, given *Expose) {
	if given.Type == ExposeInternal {
		v.only(at, "with type internal there is no route", *given, "type")
	} else if !reflect.ValueOf(*given).IsZero() {
		v.errorf(at.Child("type"), "write type: nginx, ingressNGINX, traefik or gateway", "missing: without it there is no route, and the other fields have no effect")
	}
}

// additionalHosts checks the names besides the first. An HTTPRoute takes 16 in
// all.
func (v validator) additionalHosts(at *field.Path, e *Expose) {
	if n := len(e.AdditionalHosts); n > 15 {
		v.errorf(at, "", "got %d hosts, want at most 15", n)
	}
	for i, h := range e.AdditionalHosts {
		if h != "" && (h == e.Host || slices.Contains(e.AdditionalHosts[:i], h)) {
			v.errorf(at.Index(i), problem.Remove, "got %s twice", h)
		}
	}
}

func (v validator) timeout(at *field.Path, got Duration, most time.Duration, why string) {
	if got.Parsed() > most {
		v.errorf(at, "", "got %s, want at most %s: %s", got, short(most), why)
	}
}

// short is a duration without the zeros that Go writes: 24h, not 24h0m0s.
func short(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// allowList refuses a list that admits everybody.
func (v validator) allowList(at *field.Path, list []CIDR) {
	if list != nil && len(list) == 0 {
		v.errorf(at, "name the ranges, or remove it; in an overlay write null", "got an empty list, which would admit everybody")
	}
	for i, r := range list {
		if strings.HasSuffix(string(r), "/0") {
			v.errorf(at.Index(i), "name the ranges, or remove the list", "got %s, which admits everybody", r)
		}
	}
}

// from checks where the controller's traffic comes from.
func (v validator) from(at *field.Path, e *Expose, policed bool) {
	if e.From != nil {
		v.peer(at.Child("from"), *e.From)
		return
	}
	if policed {
		where := "such as {namespace: envoy-gateway-system} for Envoy Gateway or {namespace: traefik} for Traefik"
		if g := e.Gateway; g != nil && g.Namespace != "" {
			where = "such as {namespace: " + g.Namespace + "} if they run beside the Gateway"
		}
		v.errorf(at.Child("from"), "", "missing: want where the Gateway's proxies run, which each implementation decides: %s", where)
	}
}

// access checks who gets in: the rules that keep an open model off the internet.
func (v validator) access(at *field.Path, e *Expose, p Program) {
	if e.Host == "" {
		return
	}
	v = v.because(at.Child("audience"), at.Child("host"), at.Child("additionalHosts"))
	if h := e.anyHost(func(h Host) bool { return h.public() && !HasVariable(string(h)) }); h != "" && e.Audience == AudiencePrivate {
		v.warnf(at.Child("audience"), "", "private, though %s looks like a public name: make sure that only your network can reach it", h)
	}
	v.apiKeys(at, e, p)
	basicAuth, danger := at.Child(string(e.Type), "basicAuth"), at.Child("dangerouslyUnauthenticated")
	if auth := e.BasicAuth(); auth != nil {
		v.name(basicAuth.Child("secretName"), auth.SecretName, "a Secret")
	}
	switch p {
	case ProgramOpenWebUI:
		if e.BasicAuth() != nil {
			v.errorf(basicAuth, problem.Remove,
				"Open WebUI signs people in itself, and its page sends its own Authorization header, which basic authentication would refuse")
		}
		if e.DangerouslyUnauthenticated {
			v.errorf(danger, problem.Remove, "has no effect: Open WebUI signs people in itself")
		}
	case ProgramOllama:
		switch {
		case e.Authenticated() && e.DangerouslyUnauthenticated:
			v.errorf(danger, problem.Remove, "the route asks for a password or a key, or has another program decide")
		case e.Authenticated():
		case e.DangerouslyUnauthenticated:
			v.warnf(danger, "", "everybody who reaches %s can use Ollama and delete its models", e.Host)
		default:
			v.because(at.Child(string(e.Type), "forwardAuth"), at.Child("apiKeys"), danger).unauthenticated(at, basicAuth, e)
		}
	case ProgramOther:
		if e.Audience == AudiencePublic && !e.Authenticated() {
			v.warnf(basicAuth, "", "missing, and %s is public: make sure that the program behind the Service asks for a password itself", e.Host)
		}
	}
}

// unauthenticated refuses a route to Ollama that anybody could use.
func (v validator) unauthenticated(at, basicAuth *field.Path, e *Expose) {
	danger := "everybody who reaches it can use it and delete its models"
	if e.Audience == AudiencePublic {
		danger = "it is public, and open ones are found and abused within days"
	}
	if e.Type == ExposeGateway {
		v.errorf(at.Child("type"), "write apiKeys; or use nginx or traefik, which ask for a password; or put a policy of the implementation in front, such as Envoy Gateway's, and write dangerouslyUnauthenticated: true",
			"Ollama has no password of its own, and Gateway API has no authentication: at %s %s", e.Host, danger)
		return
	}
	v.errorf(basicAuth, "write "+string(e.Type)+": {basicAuth: {secretName: ollama-users}}, or for programs apiKeys; `hearth secrets` makes the Secret",
		"missing: Ollama has no password of its own at %s: %s", e.Host, danger)
}
