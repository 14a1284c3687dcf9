package v1alpha1

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

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
		c.certResolver(e)
	case TLSGateway:
		if e.Type != ExposeGateway {
			c.errorf("expose.tls.type", "use certManager or secret", "gateway is the certificate of a Gateway, and the route is of type %s", e.Type)
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
			c.noEffect("expose.tls", "type", fmt.Sprintf("type is %s", t.Type), field)
		}
	}
	if t.Type != TLSCertManager {
		c.noEffect("expose.tls", "type", "only cert-manager answers challenges with pods in the namespace", "acmeSolver")
	}
}

func (c *checker) certResolver(e *Expose) {
	if e.Type != ExposeTraefik {
		c.errorf("expose.tls.type", "use certManager", "certResolver is Traefik's, and the route is of type %s", e.Type)
	}
	if name := e.TLS.CertResolver; name == "" {
		c.errorf("expose.tls.certResolver", "", "missing: want the name of a resolver in Traefik's static configuration")
	} else if strings.ContainsAny(name, ",\t\n") || strings.TrimSpace(name) != name {
		c.errorf("expose.tls.certResolver", "", "got %q, want the name of a resolver in Traefik's static configuration, such as letsencrypt", name)
	} else if e.Host.private() {
		c.warnf("expose.tls.certResolver", "use certManager with a CA of your own, if the resolver has none",
			"no public CA such as Let's Encrypt signs a certificate for %s, which only a private network reaches", e.Host)
	}
}

func (c *checker) certManager(t *TLS) {
	if t.Issuer == nil {
		c.errorf("expose.tls.issuer", "write issuer: {name: NAME}, or kind: Issuer too for one of the namespace", "missing: want the cert-manager issuer that signs the certificate")
	} else {
		c.name("expose.tls.issuer.name", t.Issuer.Name, "the "+string(t.Issuer.Kind))
	}
	c.name("expose.tls.secretName", t.SecretName, "the Secret for the certificate")
	if c.read("expose.tls.privateKey") {
		c.keySize(t.PrivateKey)
	}
	if !c.read("expose.tls.duration") || !c.read("expose.tls.renewBefore") {
		return
	}
	// Bounds of cert-manager's own validation.
	if t.Duration.Parsed() < time.Hour {
		c.errorf("expose.tls.duration", "", "got %s, want 1h or more", t.Duration)
	}
	if t.RenewBefore.Parsed() < 5*time.Minute {
		c.errorf("expose.tls.renewBefore", "", "got %s, want 5m or more", t.RenewBefore)
	}
	if t.RenewBefore.Parsed() >= t.Duration.Parsed() {
		at := "expose.tls.renewBefore"
		if !c.written(at) { // the duration is the person's
			at = "expose.tls.duration"
		}
		c.errorf(at, "a third of the duration is usual: write both",
			"renewBefore is %s, want less than the duration of %s", t.RenewBefore, t.Duration)
	}
}

func (c *checker) keySize(k *PrivateKey) {
	at, size := "expose.tls.privateKey.size", c.at("expose.tls.privateKey.size").Text()
	switch allowed := map[KeyAlgorithm][]string{"ECDSA": {"256", "384", "521"}, "RSA": {"2048", "4096", "8192"}}[k.Algorithm]; {
	case size == "" || slices.Contains(allowed, size):
	case allowed == nil:
		c.errorf(at, "remove it", "got %s, but %s has one size only", size, k.Algorithm)
	default:
		c.errorf(at, "", "got %s, want one of %s for %s", size, list(allowed), k.Algorithm)
	}
}
