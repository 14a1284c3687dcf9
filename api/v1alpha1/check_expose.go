package v1alpha1

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// expose checks the way in. policed says that a NetworkPolicy stands before the
// program: it has to know the controller.
func (c *checker) expose(b *Base, policed bool) {
	e := b.Expose
	if !c.read("expose.type") {
		return // all of it depends on the type
	}
	if e.Type == ExposeInternal {
		c.internal()
		return
	}
	c.hostWritten(e)
	if e.Path != "/" {
		c.errorf("expose.path", `remove it, or give the service a host of its own`,
			"got %q, want /: Open WebUI cannot live under a sub-path, and Ollama's clients expect /api", e.Path)
	}
	c.label("expose.name", e.Name, "the route's name")
	c.staysText("expose.name", e.Name)
	if e.Type != ExposeGateway {
		c.name("expose.className", e.ClassName, "an IngressClass")
		c.noEffect("expose", "type", "only a route of type gateway attaches to one", "gateway")
	}
	switch e.Type {
	case ExposeNginx:
		c.nginx(e)
	case ExposeTraefik:
		c.traefik(e)
	case ExposeGateway:
		c.gateway(e)
	}
	c.from(e, policed || e.TLS.ACMESolver)
	if b.Ollama != nil && b.OpenWebUI == nil {
		c.noEffect("expose", "type", "Ollama has no WebSocket", "webSocket")
	}
	c.allowList(e)
	c.routeAnnotations(e)
	if c.read("expose.tls.type") {
		c.tls(e)
	}
	if e.Host != "" && c.read("expose.audience") {
		c.access(b)
	}
}

// internal refuses what only a route has.
func (c *checker) internal() {
	if !c.written("expose") {
		return
	}
	fields := routeFields()
	if c.written("expose.type") {
		c.noEffect("expose", "type", "with type internal there is no route", fields...)
	} else if slices.ContainsFunc(fields, func(f string) bool { return c.written("expose." + f) }) {
		c.errorf("expose.type", "write type: nginx, traefik or gateway", "missing: without it there is no route, and the other fields have no effect")
	}
}

// routeFields are the fields of Expose beside its type.
func routeFields() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Expose]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "type" {
			names = append(names, name)
		}
	}
	return names
}

func (c *checker) hostWritten(e *Expose) {
	if e.Host == "" {
		c.errorf("expose.host", "", "missing: want the DNS name that people use, such as chat.example.org")
	}
}

func (c *checker) timeout(path string, got Duration, most time.Duration, why string) {
	if got.Parsed() > most {
		c.errorf(path, "", "got %s, want at most %s: %s", got, short(most), why)
	}
}

// short is a duration without the zeros that Go writes: 24h, not 24h0m0s.
func short(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// allowList refuses a list that admits everybody.
func (c *checker) allowList(e *Expose) {
	if e.AllowList != nil && len(e.AllowList) == 0 {
		c.errorf("expose.allowList", "name the ranges, or remove it; in an overlay write null", "got an empty list, which would admit everybody")
	}
	for i, r := range e.AllowList {
		if strings.HasSuffix(string(r), "/0") {
			c.errorf(fmt.Sprintf("expose.allowList[%d]", i), "name the ranges, or remove the list", "got %s, which admits everybody", r)
		}
	}
}

// access checks who gets in: the rules that keep an open model off the internet.
func (c *checker) access(b *Base) {
	e := b.Expose
	if e.Audience == AudiencePrivate && !e.Host.private() {
		c.warnf("expose.audience", "", "private, though %s looks like a public name: make sure that only your network can reach it", e.Host)
	}
	if e.BasicAuth != nil {
		c.name("expose.basicAuth.secretName", e.BasicAuth.SecretName, "a Secret")
	}
	switch {
	case b.OpenWebUI != nil:
		if e.BasicAuth != nil {
			c.errorf("expose.basicAuth", "remove it",
				"Open WebUI signs people in itself, and its page sends its own Authorization header, which basic authentication would refuse")
		}
		c.noEffect("expose", "type", "Open WebUI signs people in itself", "dangerouslyUnauthenticated")
		c.signIn(b)
	case b.Ollama == nil:
	case e.Authenticated():
		if e.DangerouslyUnauthenticated {
			c.errorf("expose.dangerouslyUnauthenticated", "remove it", "the route asks for a password, or has another program decide")
		}
	case e.DangerouslyUnauthenticated:
		c.warnf("expose.dangerouslyUnauthenticated", "", "everybody who reaches %s can use Ollama and delete its models", e.Host)
	case c.read("expose.forwardAuth") && c.read("expose.dangerouslyUnauthenticated"):
		c.unauthenticated(e)
	}
}

// unauthenticated refuses a route to Ollama that anybody could use.
func (c *checker) unauthenticated(e *Expose) {
	danger := "everybody who reaches it can use it and delete its models"
	if e.Audience == AudiencePublic {
		danger = "it is public, and open ones are found and abused within days"
	}
	if e.Type == ExposeGateway {
		c.errorf("expose.type", "use nginx or traefik, which ask for a password; or put a policy of the implementation in front, such as Envoy Gateway's SecurityPolicy, and write dangerouslyUnauthenticated: true",
			"Ollama has no password of its own, and Gateway API has no authentication: at %s %s", e.Host, danger)
		return
	}
	c.errorf("expose.basicAuth", "write basicAuth: {secretName: ollama-users}; `hearth secrets` makes the Secret",
		"missing: Ollama has no password of its own at %s: %s", e.Host, danger)
}

// signIn checks that strangers cannot get past Open WebUI's sign-in.
func (c *checker) signIn(b *Base) {
	w, e := b.OpenWebUI, b.Expose
	auth, off := w.Env["WEBUI_AUTH"]
	off = off && auth.SecretKeyRef == nil && !strings.EqualFold(auth.Value, "true")
	switch {
	case off && e.Audience == AudiencePublic:
		c.errorf("openWebUI.env.WEBUI_AUTH", "remove it", "got %q: everybody who reaches the public host %s would be signed in as admin", auth.Value, e.Host)
	case off:
		c.warnf("openWebUI.env.WEBUI_AUTH", "remove it", "got %q: everybody who reaches %s is signed in as admin", auth.Value, e.Host)
	case w.SignUp == SignUpOpen && e.Audience == AudiencePublic && c.read("openWebUI.signUp"):
		c.errorf("openWebUI.signUp", "write signUp: closed, which takes the admin from the Secret",
			"sign-up is open at the public host %s: the first stranger to come becomes admin", e.Host)
	}
}
