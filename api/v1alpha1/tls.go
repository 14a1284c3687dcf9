package v1alpha1

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// TLS is where the host's certificate comes from.
type TLS struct {
	// Type is certManager, secret (one that exists), certResolver (Traefik's
	// own), gateway (the certificate of the Gateway that is there) or none. No
	// default: choose.
	Type TLSType `json:"type"`
	// SecretName holds the certificate (certManager, secret). Defaults to the
	// route's name with "-tls" for certManager.
	SecretName string `json:"secretName,omitzero"`
	// CertManager is how cert-manager makes it (type certManager).
	CertManager *CertManager `json:"certManager,omitzero"`
	// CertResolver is the name of a resolver in Traefik's static configuration
	// (type certResolver).
	CertResolver string `json:"certResolver,omitzero"`
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
	return texts(TLSCertManager, TLSSecret, TLSCertResolver, TLSGateway, TLSNone)
}

// CertManager is a Certificate of cert-manager.
type CertManager struct {
	// Issuer signs it.
	Issuer Issuer `json:"issuer,omitzero"`
	// PrivateKey of the certificate.
	PrivateKey PrivateKey `json:"privateKey,omitzero"`
	// Duration of the certificate. Default 2160h, cert-manager's own.
	Duration Duration `json:"duration,omitzero"`
	// RenewBefore its end. Default 720h.
	RenewBefore Duration `json:"renewBefore,omitzero"`
	// ACMESolver admits the controller (from) to the pods by which cert-manager
	// answers an HTTP-01 challenge in the base's namespace. Default false: what
	// kind the issuer is, only the cluster knows; and only where other
	// NetworkPolicies close the namespace are those pods closed at all. The
	// issuer's solver has to use the route's controller.
	ACMESolver bool `json:"acmeSolver,omitzero"`
}

// Issuer is a cert-manager issuer.
type Issuer struct {
	// Kind is ClusterIssuer (default) or Issuer.
	Kind IssuerKind `json:"kind,omitzero"`
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
	Algorithm KeyAlgorithm `json:"algorithm,omitzero"`
	// Size in bits: 256 (default), 384 or 521 for ECDSA; 2048 (default), 4096
	// or 8192 for RSA; none for Ed25519.
	Size int `json:"size,omitzero"`
}

// KeyAlgorithm of a private key, as cert-manager spells it.
type KeyAlgorithm string

// Values lists the allowed algorithms.
func (KeyAlgorithm) Values() []string { return []string{"ECDSA", "RSA", "Ed25519"} }

// applyDefaults fills in the certificate of the named route.
func (t *TLS) applyDefaults(name string) {
	if t.Type != TLSCertManager {
		return
	}
	fill(&t.SecretName, name+"-tls")
	fillPointer(&t.CertManager, CertManager{})
	c := t.CertManager
	fill(&c.Issuer.Kind, "ClusterIssuer")
	fill(&c.PrivateKey.Algorithm, "ECDSA")
	switch c.PrivateKey.Algorithm {
	case "ECDSA":
		fill(&c.PrivateKey.Size, 256)
	case "RSA":
		fill(&c.PrivateKey.Size, 2048)
	}
	fill(&c.Duration, "2160h")
	fill(&c.RenewBefore, "720h")
}

// ACMESolver reports whether the controller is to be admitted to the pods that
// answer cert-manager's challenges.
func (t *TLS) ACMESolver() bool { return t.CertManager != nil && t.CertManager.ACMESolver }

// tls checks the certificate of a route; given is it as written.
func (v validator) tls(expose *field.Path, given *TLS, e *Expose) {
	t, at := e.TLS, expose.Child("tls")
	if given == nil {
		given = &TLS{}
	}
	v = v.because(at.Child("type"))
	switch t.Type {
	case "":
		choice := e.certificates()
		if e.Audience != AudiencePublic {
			choice = append(choice, TLSNone)
		}
		v.errorf(at.Child("type"), "", "missing: choose %s", oneOf(choice))
		return
	case TLSCertManager:
		v.name(at.Child("secretName"), t.SecretName, "the Secret for the certificate")
		v.certManager(at.Child("certManager"), given.CertManager, t.CertManager)
	case TLSSecret:
		v.name(at.Child("secretName"), t.SecretName, "the Secret with the certificate")
	case TLSCertResolver:
		v.certResolver(at, e)
	case TLSGateway:
		if e.Type != ExposeGateway {
			v.errorf(at.Child("type"), "use "+oneOf(e.certificates()), "gateway is the certificate of a Gateway, and the route is of type %s", e.Type)
		}
	case TLSNone:
		if e.Audience == AudiencePublic {
			v.because(expose.Child("audience"), expose.Child("host"), expose.Child("additionalHosts")).errorf(at.Child("type"), "choose "+oneOf(e.certificates()), "without TLS, passwords and prompts cross the internet in clear")
		} else {
			v.warnf(at.Child("type"), "", "without TLS, passwords and prompts can be read on your network")
		}
		if *e.RedirectHTTP {
			v.errorf(expose.Child("redirectHTTP"), "remove it", "there is no https:// to redirect to")
		}
	}
	used := map[TLSType][]string{TLSCertManager: {"secretName", "certManager"}, TLSSecret: {"secretName"}, TLSCertResolver: {"certResolver"}}
	v.only(at, "type is "+string(t.Type), *given, append(used[t.Type], "type")...)
}

// certificates are the types of TLS with a certificate that the route can have.
func (e *Expose) certificates() []TLSType {
	switch {
	case e.Type == ExposeTraefik:
		return []TLSType{TLSCertManager, TLSSecret, TLSCertResolver}
	case e.Type == ExposeGateway && !e.Gateway.Own():
		return []TLSType{TLSGateway}
	}
	return []TLSType{TLSCertManager, TLSSecret}
}

// oneOf is a choice in words: a, b or c.
func oneOf(types []TLSType) string {
	last := len(types) - 1
	if last == 0 {
		return string(types[0])
	}
	return strings.Join(texts(types[:last]...), ", ") + " or " + string(types[last])
}

func (v validator) certResolver(at *field.Path, e *Expose) {
	if e.Type != ExposeTraefik {
		v.errorf(at.Child("type"), "use "+oneOf(e.certificates()), "certResolver is Traefik's, and the route is of type %s", e.Type)
	}
	at = at.Child("certResolver")
	if name := e.TLS.CertResolver; name == "" {
		v.errorf(at, "", "missing: want the name of a resolver in Traefik's static configuration")
	} else if strings.ContainsAny(name, ",\t\n") || strings.TrimSpace(name) != name {
		v.errorf(at, "", "got %q, want the name of a resolver in Traefik's static configuration, such as letsencrypt", name)
	} else if h := e.anyHost(Host.Private); h != "" {
		v.warnf(at, "use certManager with a CA of your own, if the resolver has none",
			"no public CA such as Let's Encrypt signs a certificate for %s, which only a private network reaches", h)
	}
}

func (v validator) certManager(at *field.Path, given, c *CertManager) {
	if given == nil {
		given = &CertManager{}
	}
	if given.Issuer == (Issuer{}) {
		v.errorf(at.Child("issuer"), "write issuer: {name: NAME}, or kind: Issuer too for one of the namespace", "missing: want the cert-manager issuer that signs the certificate")
	} else {
		v.name(at.Child("issuer", "name"), c.Issuer.Name, "the "+string(c.Issuer.Kind))
	}
	v.keySize(at.Child("privateKey"), given.PrivateKey.Size, c.PrivateKey.Algorithm)
	// Bounds of cert-manager's own validation.
	duration, renewBefore := at.Child("duration"), at.Child("renewBefore")
	if c.Duration.Parsed() < time.Hour {
		v.errorf(duration, "", "got %s, want 1h or more", c.Duration)
	}
	if c.RenewBefore.Parsed() < 5*time.Minute {
		v.errorf(renewBefore, "", "got %s, want 5m or more", c.RenewBefore)
	}
	if c.RenewBefore.Parsed() >= c.Duration.Parsed() {
		at, other := renewBefore, duration
		if given.RenewBefore == "" { // the duration is the person's
			at, other = duration, renewBefore
		}
		v.because(other).errorf(at, "a third of the duration is usual: write both",
			"renewBefore is %s, want less than the duration of %s", c.RenewBefore, c.Duration)
	}
}

func (v validator) keySize(key *field.Path, size int, algorithm KeyAlgorithm) {
	at := key.Child("size")
	v = v.because(key.Child("algorithm"))
	switch allowed := map[KeyAlgorithm][]int{"ECDSA": {256, 384, 521}, "RSA": {2048, 4096, 8192}}[algorithm]; {
	case size == 0 || slices.Contains(allowed, size):
	case allowed == nil:
		v.errorf(at, "remove it", "got %d, but %s has one size only", size, algorithm)
	default:
		v.errorf(at, "", "got %d, want one of %s for %s", size, strings.Trim(strings.ReplaceAll(fmt.Sprint(allowed), " ", ", "), "[]"), algorithm)
	}
}

// Short is what somebody means who writes a single word: a source that needs
// nothing more, or, most often, the issuer of cert-manager's.
func (*TLS) Short(text string) (fix string, value any) {
	switch t := TLSType(text); {
	case t == TLSNone, t == TLSGateway:
		return fmt.Sprintf("write {type: %s}", t), map[string]any{"type": text}
	case t == TLSSecret:
		return "write {type: secret, secretName: NAME}", nil
	case t == TLSCertResolver:
		return "write {type: certResolver, certResolver: NAME}", nil
	case t != TLSCertManager && len(validation.IsDNS1123Subdomain(text)) == 0:
		return fmt.Sprintf("write {type: certManager, certManager: {issuer: {name: %s}}} if that is an issuer of cert-manager's, or {type: secret, secretName: %[1]s} if a Secret", text),
			map[string]any{"type": "certManager", "certManager": map[string]any{"issuer": map[string]any{"name": text}}}
	}
	return "write {type: certManager, certManager: {issuer: {name: NAME}}}", nil
}
