package object

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Peers are a NetworkPolicy's form of a Peer; the policy is in the namespace.
func Peers(namespace string, p v1alpha1.Peer) []networkingv1.NetworkPolicyPeer {
	if len(p.CIDRs) > 0 {
		var out []networkingv1.NetworkPolicyPeer
		for _, c := range p.CIDRs {
			out = append(out, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: string(c)}})
		}
		return out
	}
	peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: p.PodLabels}}
	if p.Namespace != "" && p.Namespace != namespace {
		peer.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: p.Namespace}}
	}
	return []networkingv1.NetworkPolicyPeer{peer}
}

// Ports are TCP ports with the protocol spelled out: Fleet reports a defaulted
// one as drift.
func Ports(numbers ...int) []networkingv1.NetworkPolicyPort {
	var out []networkingv1.NetworkPolicyPort
	for _, n := range numbers {
		out = append(out, Port(intstr.FromInt32(int32(n))))
	}
	return out
}

// Port is a TCP port by its number or name.
func Port(p intstr.IntOrString) networkingv1.NetworkPolicyPort {
	return networkingv1.NetworkPolicyPort{Protocol: new(corev1.ProtocolTCP), Port: &p}
}
