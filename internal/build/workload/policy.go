package generator

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Private and link-local ranges: a pod that pulls models from the internet has
// no business there. 100.64.0.0/10 is carriers' and some clusters' own.
var (
	private4 = []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}
	private6 = []string{"fc00::/7", "fe80::/10"}
)

// networkPolicy selects the component's own pods only, both ways.
func (b builder) networkPolicy(c component, in []networkingv1.NetworkPolicyPeer, out []networkingv1.NetworkPolicyEgressRule) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: b.meta(c, c.name),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: c.selector()},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Egress:      out,
		},
	}
	if len(in) > 0 { // a rule without peers would admit everybody
		p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: in, Ports: ports(int(c.port))}}
	}
	return p
}

// ollamaPolicy admits the chat, the stack's clients and the route; and lets the
// pod out to look up names and, while there are models to pull, to the internet.
func (b builder) ollamaPolicy(c component) *networkingv1.NetworkPolicy {
	o := b.base.Ollama
	in := b.clients(&o.Workload, c)
	if w := b.base.OpenWebUI; w != nil {
		in = append(in, networkingv1.NetworkPolicyPeer{
			PodSelector: &metav1.LabelSelector{MatchLabels: openWebUIComponent(w).selector()},
		})
	}
	var out []networkingv1.NetworkPolicyEgressRule
	for _, d := range o.AllowTo {
		out = append(out, b.egress(d))
	}
	if o.Pull == v1alpha1.PullMissing {
		out = append(out, internet(443, 80))
	}
	return b.networkPolicy(c, in, append(out, b.dns()))
}

// internet admits every public address.
func internet(numbers ...int) networkingv1.NetworkPolicyEgressRule {
	return networkingv1.NetworkPolicyEgressRule{
		To: []networkingv1.NetworkPolicyPeer{
			{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: private4}},
			{IPBlock: &networkingv1.IPBlock{CIDR: "::/0", Except: private6}},
		},
		Ports: ports(numbers...),
	}
}

// openWebUIPolicy admits the stack's clients and the route; and lets the pod
// out to Ollama, to a public provider that signs people in, and to look up
// names.
func (b builder) openWebUIPolicy(c component) *networkingv1.NetworkPolicy {
	w := b.base.OpenWebUI
	var out []networkingv1.NetworkPolicyEgressRule
	for _, d := range w.AllowTo {
		out = append(out, b.egress(d))
	}
	if w.OIDC != nil && w.OIDC.Public() {
		out = append(out, internet(443))
	}
	if o := b.base.Ollama; o != nil {
		out = append(out, networkingv1.NetworkPolicyEgressRule{
			To: []networkingv1.NetworkPolicyPeer{{
				PodSelector: &metav1.LabelSelector{MatchLabels: ollamaComponent(o).selector()},
			}},
			Ports: ports(ollamaPort),
		})
	}
	return b.networkPolicy(c, b.clients(&w.Workload, c), append(out, b.dns()))
}

// acmeSolverPolicy admits the route's controller to the pods that cert-manager
// starts beside the route for as long as an HTTP-01 challenge is open. The label
// and port are cert-manager's own (pkg/issuer/acme/http). It says nothing about
// what those pods may reach: a solver answers and asks nobody.
func (b builder) acmeSolverPolicy() *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: b.meta(b.exposed(), b.base.Expose.Name+"-acme-solver"),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"acme.cert-manager.io/http01-solver": "true"}},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: b.peers(*b.base.Expose.From), Ports: ports(8089)}},
		},
	}
}

// clients are the peers that may connect to the component: the route's
// controller first, then the stack's clients.
func (b builder) clients(w *v1alpha1.Workload, c component) []networkingv1.NetworkPolicyPeer {
	var in []networkingv1.NetworkPolicyPeer
	if e := b.base.Expose; e.Type != v1alpha1.ExposeInternal && b.exposed().name == c.name {
		in = append(in, b.peers(*e.From)...)
	}
	for _, p := range *w.AllowFrom {
		in = append(in, b.peers(p)...)
	}
	return in
}

// peers are the network policy's form of a Peer.
func (b builder) peers(p v1alpha1.Peer) []networkingv1.NetworkPolicyPeer {
	if len(p.CIDRs) > 0 {
		var out []networkingv1.NetworkPolicyPeer
		for _, c := range p.CIDRs {
			out = append(out, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: string(c)}})
		}
		return out
	}
	peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: p.PodLabels}}
	if p.Namespace != "" && p.Namespace != b.base.Namespace {
		peer.NamespaceSelector = namespaceNamed(p.Namespace)
	}
	return []networkingv1.NetworkPolicyPeer{peer}
}

// egress is the network policy's form of a Destination.
func (b builder) egress(d v1alpha1.Destination) networkingv1.NetworkPolicyEgressRule {
	rule := networkingv1.NetworkPolicyEgressRule{To: b.peers(d.Peer)}
	for _, p := range d.Ports {
		rule.Ports = append(rule.Ports, ports(int(p))...)
	}
	return rule
}

// dns admits the servers that the pods look up names at.
func (b builder) dns() networkingv1.NetworkPolicyEgressRule {
	var rule networkingv1.NetworkPolicyEgressRule
	for _, p := range b.base.DNS.To {
		rule.To = append(rule.To, b.peers(p)...)
	}
	udp := corev1.ProtocolUDP
	for _, number := range b.base.DNS.Ports {
		byTCP := ports(int(number))[0]
		rule.Ports = append(rule.Ports, networkingv1.NetworkPolicyPort{Protocol: &udp, Port: byTCP.Port}, byTCP)
	}
	return rule
}

func namespaceNamed(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}}
}

// ports are TCP ports with the protocol spelled out: Fleet reports a defaulted
// one as drift.
func ports(numbers ...int) []networkingv1.NetworkPolicyPort {
	tcp := corev1.ProtocolTCP
	var out []networkingv1.NetworkPolicyPort
	for _, n := range numbers {
		port := intstr.FromInt32(int32(n))
		out = append(out, networkingv1.NetworkPolicyPort{Protocol: &tcp, Port: &port})
	}
	return out
}
