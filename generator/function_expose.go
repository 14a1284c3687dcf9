package generator

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Backend is a Service that somebody else made, as far as a route to it needs
// to know it.
type Backend struct {
	// Name of the Service; it is in the route's namespace.
	Name string
	// Port of the Service that the route leads to.
	Port int32
	// TargetPort is the port of the pods behind it, by number or name.
	TargetPort string
	// Selector of the Service. Without one there are no pods to open.
	Selector map[string]string
	// Program that runs there.
	Program v1alpha1.Program
	// Closed says that a NetworkPolicy keeps traffic from the pods.
	Closed bool
}

// component stands in for ours in names and labels of the route's objects.
func (s *Backend) component() component { return component{name: s.Name, role: "route"} }

// Route returns the objects that expose a Service which is there already: the
// route, its certificate and authentication, and a NetworkPolicy that admits
// the controller.
func Route(r *v1alpha1.Route, s Backend) ([]Object, error) {
	b := builder{
		stack:   r.Name,
		base:    &v1alpha1.Base{Name: r.Name, Namespace: r.Namespace, Expose: r.Expose},
		backend: &s,
	}
	typed := b.expose()
	if len(typed) > 0 && (s.Closed || r.Admits) && len(s.Selector) > 0 {
		typed = append(typed, b.routePolicy())
	}
	return toObjects(typed)
}

// routePolicy admits the route's controller to the pods behind the Service, and
// to the one port.
func (b builder) routePolicy() *networkingv1.NetworkPolicy {
	port := intstr.Parse(b.backend.TargetPort)
	rule := networkingv1.NetworkPolicyIngressRule{From: b.peers(*b.base.Expose.From), Ports: ports(0)}
	rule.Ports[0].Port = &port
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: b.meta(b.exposed(), b.base.Expose.Name+"-route"),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: b.backend.Selector},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{rule},
		},
	}
}
