package route

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// certificateSpec is that of cert-manager's Certificate.
type certificateSpec struct {
	SecretName  string              `json:"secretName"`
	IssuerRef   v1alpha1.Issuer     `json:"issuerRef"`
	DNSNames    []v1alpha1.Host     `json:"dnsNames"`
	Duration    v1alpha1.Duration   `json:"duration"`
	RenewBefore v1alpha1.Duration   `json:"renewBefore"`
	PrivateKey  v1alpha1.PrivateKey `json:"privateKey"`
}

// certificate asks cert-manager for the host's certificate, and lets its
// challenge be answered.
func certificate(t Target, e *v1alpha1.Expose) []any {
	if e.TLS.Type != v1alpha1.TLSCertManager {
		return nil
	}
	c := e.TLS.CertManager
	objects := []any{&object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: t.Meta(e.TLS.SecretName),
		Spec: certificateSpec{
			SecretName:  e.TLS.SecretName,
			IssuerRef:   c.Issuer,
			DNSNames:    e.Hosts(),
			Duration:    c.Duration,
			RenewBefore: c.RenewBefore,
			PrivateKey:  c.PrivateKey,
		},
	}}
	if c.ACMESolver {
		objects = append(objects, acmeSolverPolicy(t, e))
	}
	return objects
}
