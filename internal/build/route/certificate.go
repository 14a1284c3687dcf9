package generator

import (
	"maps"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// exposed is the component behind the route: the chat where there is one, since
// it asks people to sign in, else Ollama.
func (b builder) exposed() component {
	if b.backend != nil {
		return b.backend.component()
	}
	if w := b.base.OpenWebUI; w != nil {
		return openWebUIComponent(w)
	}
	return ollamaComponent(b.base.Ollama)
}

// expose is the way in from outside the cluster; nothing for internal.
func (b builder) expose() []any {
	switch b.base.Expose.Type {
	case v1alpha1.ExposeNginx:
		return append(b.certificate(), b.nginx()...)
	case v1alpha1.ExposeTraefik:
		return append(b.certificate(), b.traefik()...)
	case v1alpha1.ExposeGateway:
		return append(b.certificate(), b.gateway()...)
	default:
		return nil
	}
}

// AllowsAnnotation is on a route, and names the dangers that a person has
// allowed by a field with that danger for a name.
const AllowsAnnotation = "hearth.dev/allows"

// routeMeta is the metadata of the object that is the way in.
func (b builder) routeMeta(name string) metav1.ObjectMeta {
	m := b.meta(b.exposed(), name)
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	maps.Copy(m.Annotations, b.base.Expose.Annotations)
	if b.base.Expose.DangerouslyUnauthenticated {
		m.Annotations[AllowsAnnotation] = "unauthenticated"
	}
	return m
}

// exposedPort is the port of the exposed Service.
func (b builder) exposedPort() int32 {
	switch {
	case b.backend != nil:
		return b.backend.Port
	case b.base.OpenWebUI != nil:
		return openWebUIServicePort
	}
	return ollamaPort
}

// ingress routes the whole host to the exposed Service.
func (b builder) ingress(name string) *networkingv1.Ingress {
	e := b.base.Expose
	prefix := networkingv1.PathTypePrefix
	return &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: b.routeMeta(name),
		Spec: networkingv1.IngressSpec{
			IngressClassName: &e.ClassName,
			Rules: []networkingv1.IngressRule{{
				Host: string(e.Host),
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
					Paths: []networkingv1.HTTPIngressPath{{
						Path: e.Path, PathType: &prefix,
						Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
							Name: b.exposed().name, Port: networkingv1.ServiceBackendPort{Number: b.exposedPort()},
						}},
					}},
				}},
			}},
		},
	}
}

// withTLS terminates TLS for the host, with the Secret where there is one.
func withTLS(ingress *networkingv1.Ingress, e *v1alpha1.Expose) {
	if e.TLS.SecretName != "" {
		ingress.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{string(e.Host)}, SecretName: e.TLS.SecretName}}
	}
}

// certificate is cert-manager's Certificate, as far as hearth writes it. A
// struct of our own: cert-manager's module would bring its whole controller.
type certificate struct {
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
func (b builder) certificate() []any {
	e := b.base.Expose
	if e.TLS.Type != v1alpha1.TLSCertManager {
		return nil
	}
	objects := []any{&certificate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: b.meta(b.exposed(), e.TLS.SecretName),
		Spec: certificateSpec{
			SecretName:  e.TLS.SecretName,
			IssuerRef:   certificateIssuer{Kind: string(e.TLS.Issuer.Kind), Name: e.TLS.Issuer.Name},
			DNSNames:    []string{string(e.Host)},
			Duration:    string(e.TLS.Duration),
			RenewBefore: string(e.TLS.RenewBefore),
			PrivateKey: certificatePrivateKey{
				Algorithm: string(e.TLS.PrivateKey.Algorithm), Size: e.TLS.PrivateKey.Size,
			},
		},
	}}
	if e.TLS.ACMESolver {
		objects = append(objects, b.acmeSolverPolicy())
	}
	return objects
}
