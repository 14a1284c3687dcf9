package route

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// acmeSolverPolicy admits the controller to the pods that cert-manager starts
// beside the route for as long as an HTTP-01 challenge is open. The label and
// port are cert-manager's own (pkg/issuer/acme/http). It says nothing about what
// those pods may reach: a solver answers and asks nobody.
func acmeSolverPolicy(t Target, e *v1alpha1.Expose) *networkingv1.NetworkPolicy {
	return admit(t, e, "-acme-solver", map[string]string{"acme.cert-manager.io/http01-solver": "true"}, intstr.FromInt32(8089))
}

// admit opens a port of pods to the controller.
func admit(t Target, e *v1alpha1.Expose, suffix string, pods map[string]string, port intstr.IntOrString) *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: t.Meta(e.Name + suffix),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: pods},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{
				From:  object.Peers(t.Namespace, *e.From),
				Ports: []networkingv1.NetworkPolicyPort{object.Port(port)},
			}},
		},
	}
}
