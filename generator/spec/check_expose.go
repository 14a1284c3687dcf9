package spec

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (c *checker) expose(b *Base) {
	e := b.Expose
	if e.Type == ExposeInternal {
		c.noEffect("with type internal there is no route", "host", "path", "name", "className", "audience", "tls", "redirectHTTP", "maxBodySize",
			"readTimeout", "sendTimeout", "connectTimeout", "basicAuth", "allowList", "from", "entryPoints")
		return
	}
	if e.Host == "" {
		c.errorf("expose.host", "", "missing: want the DNS name that people use, such as chat.example.org")
	}
	if e.Path != "/" {
		c.errorf("expose.path", `remove it, or give the service a host of its own`,
			"got %q, want /: Open WebUI cannot live under a sub-path, and Ollama's clients expect /api", e.Path)
	}
	c.label("expose.name", e.Name, "the route's name")
	c.name("expose.className", e.ClassName, "an IngressClass")
	switch e.Type {
	case ExposeNginx:
		c.noEffect("only Traefik has entry points", "entryPoints")
	case ExposeTraefik:
		c.noEffect("Traefik has no limit of its own, and its buffering Middleware would stop answers from streaming", "maxBodySize")
		c.noEffect("Traefik's timeouts are in the entry point's static configuration: respondingTimeouts", "readTimeout", "sendTimeout", "connectTimeout")
		for i, name := range e.EntryPoints {
			if name == "" || strings.ContainsAny(name, ", ") {
				c.errorf(fmt.Sprintf("expose.entryPoints[%d]", i), "write one for each entry", "got %q, want an entry point such as websecure", name)
			}
		}
		if len(e.EntryPoints) == 0 {
			c.errorf("expose.entryPoints", "remove it for [websecure]", "got an empty list: Traefik would use its default entry points, plain http among them")
		}
	}
	if e.From != nil {
		c.peer("expose.from", *e.From)
	}
	c.tls(e)
	c.access(b)
}

// noEffect refuses fields that would be ignored.
func (c *checker) noEffect(why string, fields ...string) {
	for _, field := range fields {
		if c.written("expose." + field) {
			c.errorf("expose."+field, "remove it, or in an overlay write null", "has no effect: %s", why)
		}
	}
}

// access checks who gets in: the rules that keep an open model off the internet.
func (c *checker) access(b *Base) {
	e := b.Expose
	if e.Audience == AudiencePrivate && e.Host != "" && !e.Host.private() {
		c.warnf("expose.audience", "", "private, though %s looks like a public name: make sure that only your network can reach it", e.Host)
	}
	if e.BasicAuth != nil {
		c.name("expose.basicAuth.secretName", e.BasicAuth.SecretName, "a Secret")
	}
	switch {
	case b.OpenWebUI != nil && e.BasicAuth != nil:
		c.errorf("expose.basicAuth", "remove it",
			"Open WebUI signs people in itself, and its page sends its own Authorization header, which basic authentication would refuse")
	case b.OpenWebUI != nil || b.Ollama == nil || e.BasicAuth != nil:
	case e.Audience == AudiencePublic:
		c.errorf("expose.basicAuth", "write basicAuth: {secretName: ollama-users}; `hearth secrets` makes the Secret",
			"missing: Ollama has no password of its own, and %s is public: open ones are found and abused within days", e.Host)
	default:
		c.warnf("expose", "write basicAuth", "Ollama has no password: everybody who reaches %s can use it and delete its models", e.Host)
	}
}

func (c *checker) tls(e *Expose) {
	t := e.TLS
	switch t.Type {
	case "":
		c.errorf("expose.tls.type", "", "missing: choose %s", strings.Join(t.Type.Values(), ", "))
		return
	case TLSCertManager:
		c.certManager(t)
	case TLSSecret:
		c.name("expose.tls.secretName", t.SecretName, "the Secret with the certificate")
	case TLSCertResolver:
		if e.Type != ExposeTraefik {
			c.errorf("expose.tls.type", "use certManager", "certResolver is Traefik's, and the route is of type %s", e.Type)
		}
		if t.CertResolver == "" {
			c.errorf("expose.tls.certResolver", "", "missing: want the name of a resolver in Traefik's static configuration")
		}
	case TLSNone:
		if e.Audience == AudiencePublic {
			c.errorf("expose.tls.type", "choose certManager, secret or certResolver", "without TLS, passwords and prompts cross the internet in clear")
		} else {
			c.warnf("expose.tls.type", "", "without TLS, passwords and prompts can be read on your network")
		}
		if *e.RedirectHTTP {
			c.errorf("expose.redirectHTTP", "remove it", "there is no https:// to redirect to")
		}
	}
	allowed := map[TLSType][]string{
		TLSCertManager:  {"secretName", "issuer", "privateKey", "duration", "renewBefore"},
		TLSSecret:       {"secretName"},
		TLSCertResolver: {"certResolver"},
	}
	for _, field := range []string{"secretName", "issuer", "privateKey", "duration", "renewBefore", "certResolver"} {
		if !slices.Contains(allowed[t.Type], field) {
			c.noEffect(fmt.Sprintf("tls.type is %s", t.Type), "tls."+field)
		}
	}
}

func (c *checker) certManager(t *TLS) {
	if t.Issuer == nil {
		c.errorf("expose.tls.issuer", "write issuer: {name: NAME}, or kind: Issuer too for one of the namespace", "missing: want the cert-manager issuer that signs the certificate")
	} else {
		c.name("expose.tls.issuer.name", t.Issuer.Name, "a "+string(t.Issuer.Kind))
	}
	c.name("expose.tls.secretName", t.SecretName, "the Secret for the certificate")
	sizes := map[KeyAlgorithm][]int{"ECDSA": {256, 384, 521}, "RSA": {2048, 4096, 8192}, "Ed25519": {0}}[t.PrivateKey.Algorithm]
	if len(sizes) > 0 && !slices.Contains(sizes, t.PrivateKey.Size) {
		want := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(sizes)), ", "), "[]")
		if t.PrivateKey.Algorithm == "Ed25519" {
			want = "no size"
		}
		c.errorf("expose.tls.privateKey.size", "", "got %d, want %s for %s", t.PrivateKey.Size, want, t.PrivateKey.Algorithm)
	}
	// Bounds of cert-manager's own validation.
	if d := t.Duration.Parsed(); d != 0 && d < time.Hour {
		c.errorf("expose.tls.duration", "", "got %s, want 1h or more", t.Duration)
	}
	if r := t.RenewBefore.Parsed(); r != 0 && r < 5*time.Minute {
		c.errorf("expose.tls.renewBefore", "", "got %s, want 5m or more", t.RenewBefore)
	}
	if t.RenewBefore.Parsed() >= t.Duration.Parsed() {
		c.errorf("expose.tls.renewBefore", "", "got %s, want less than the duration of %s", t.RenewBefore, t.Duration)
	}
}
