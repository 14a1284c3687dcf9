package controller

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Ingress of a class leads the whole of each host to the target.
func (t Target) Ingress(name, class string, e *v1alpha1.Expose) *networkingv1.Ingress {
	var rules []networkingv1.IngressRule
	for _, h := range e.Hosts() {
		rules = append(rules, t.rule(h))
	}
	return &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: t.RouteMeta(name, e),
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class,
			Rules:            rules,
		},
	}
}

func (t Target) rule(host v1alpha1.Host) networkingv1.IngressRule {
	return networkingv1.IngressRule{
		Host: string(host),
		IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{{
				Path: "/", PathType: new(networkingv1.PathTypePrefix),
				Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
					Name: t.Name, Port: networkingv1.ServiceBackendPort{Number: t.Port},
				}},
			}},
		}},
	}
}

// TLS terminates TLS for the hosts, with the Secret where there is one.
func TLS(e *v1alpha1.Expose) []networkingv1.IngressTLS {
	if e.TLS.SecretName == "" {
		return nil
	}
	tls := networkingv1.IngressTLS{SecretName: e.TLS.SecretName}
	for _, h := range e.Hosts() {
		tls.Hosts = append(tls.Hosts, string(h))
	}
	return []networkingv1.IngressTLS{tls}
}
