package v1alpha1

// TLS is where the host's certificate comes from.
type TLS struct {
	// Type is certManager, secret (one that exists), certResolver (Traefik's
	// own), gateway (the certificate of the Gateway that is there) or none. No
	// default: choose.
	Type TLSType `json:"type"`
	// SecretName holds the certificate (certManager, secret). Defaults to the
	// route's name with "-tls" for certManager.
	SecretName string `json:"secretName,omitempty"`
	// CertManager is how cert-manager makes it (type certManager).
	CertManager *CertManager `json:"certManager,omitempty"`
	// CertResolver is the name of a resolver in Traefik's static configuration
	// (type certResolver).
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

// CertManager is a Certificate of cert-manager.
type CertManager struct {
	// Issuer signs it.
	Issuer Issuer `json:"issuer,omitzero"`
	// PrivateKey of the certificate.
	PrivateKey PrivateKey `json:"privateKey,omitzero"`
	// Duration of the certificate. Default 2160h, cert-manager's own.
	Duration Duration `json:"duration,omitempty"`
	// RenewBefore its end. Default 720h.
	RenewBefore Duration `json:"renewBefore,omitempty"`
	// ACMESolver admits the controller (from) to the pods by which cert-manager
	// answers an HTTP-01 challenge in the base's namespace. Default false: what
	// kind the issuer is, only the cluster knows; and only where other
	// NetworkPolicies close the namespace are those pods closed at all. The
	// issuer's solver has to use the route's controller.
	ACMESolver bool `json:"acmeSolver,omitempty"`
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
