package route

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// certManagerCertificate is cert-manager's Certificate, as far as hearth writes it. A
// struct of our own: cert-manager's module would bring its whole controller.
type certManagerCertificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              certificateSpec `json:"spec"`
}

type certificateSpec struct {
	SecretName  string                `json:"secretName"`
	IssuerRef   certificateIssuer     `json:"issuerRef"`
	DNSNames    []string              `json:"dnsNames"`
	Duration    string                `json:"duration"`
	RenewBefore string                `json:"renewBefore"`
	PrivateKey  certificatePrivateKey `json:"privateKey"`
}

type certificateIssuer struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type certificatePrivateKey struct {
	Algorithm string `json:"algorithm"`
	Size      int    `json:"size,omitempty"`
}

// certificate asks cert-manager for the host's certificate, and lets its
// challenge be answered.
func certificate(t Target, e *v1alpha1.Expose) []any {
	if e.TLS.Type != v1alpha1.TLSCertManager {
		return nil
	}
	c := e.TLS.CertManager
	objects := []any{&certManagerCertificate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: t.Meta(e.TLS.SecretName),
		Spec: certificateSpec{
			SecretName:  e.TLS.SecretName,
			IssuerRef:   certificateIssuer{Kind: string(c.Issuer.Kind), Name: c.Issuer.Name},
			DNSNames:    []string{string(e.Host)},
			Duration:    string(c.Duration),
			RenewBefore: string(c.RenewBefore),
			PrivateKey:  certificatePrivateKey{Algorithm: string(c.PrivateKey.Algorithm), Size: c.PrivateKey.Size},
		},
	}}
	if c.ACMESolver {
		objects = append(objects, acmeSolverPolicy(t, e))
	}
	return objects
}
