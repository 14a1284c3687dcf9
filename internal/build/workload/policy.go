package workload

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// networkPolicy selects the component's own pods only, both ways.
func networkPolicy(c component, in []networkingv1.NetworkPolicyPeer, out []networkingv1.NetworkPolicyEgressRule) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: c.Meta(c.Name),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: c.Selector()},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Egress:      out,
		},
	}
	if len(in) > 0 { // a rule without peers would admit everybody
		p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: in, Ports: object.Ports(int(c.port))}}
	}
	return p
}

// ollamaPolicy admits the chat, the stack's clients and the route; and lets the
// pod out to look up names and, while there are models to pull, to the internet.
func (b builder) ollamaPolicy(c component) *networkingv1.NetworkPolicy {
	o := b.base.Ollama
	in := b.clients(&o.Workload, c)
	if b.base.OpenWebUI != nil {
		in = append(in, networkingv1.NetworkPolicyPeer{
			PodSelector: &metav1.LabelSelector{MatchLabels: b.openWebUIComponent().Selector()},
		})
	}
	if b.speed() != nil {
		in = append(in, networkingv1.NetworkPolicyPeer{
			PodSelector: &metav1.LabelSelector{MatchLabels: b.speedComponent().Selector()},
		})
	}
	var out []networkingv1.NetworkPolicyEgressRule
	for _, d := range o.AllowTo {
		out = append(out, b.egress(d))
	}
	if o.Pull == v1alpha1.PullMissing {
		out = append(out, internet(443, 80))
	}
	return networkPolicy(c, in, append(out, b.dns()))
}

// internet admits every public address.
func internet(numbers ...int) networkingv1.NetworkPolicyEgressRule {
	rule := networkingv1.NetworkPolicyEgressRule{Ports: object.Ports(numbers...)}
	for _, r := range v1alpha1.Internet() {
		block := &networkingv1.IPBlock{CIDR: string(r.Range)}
		for _, e := range r.Except {
			block.Except = append(block.Except, string(e))
		}
		rule.To = append(rule.To, networkingv1.NetworkPolicyPeer{IPBlock: block})
	}
	return rule
}

// openWebUIPolicy admits the stack's clients and the route; and lets the pod
// out to its Ollamas, to its backends, to the servers that it keeps its data on, to a public provider that signs people in, and
// to look up names.
func (b builder) openWebUIPolicy(c component) *networkingv1.NetworkPolicy {
	w := b.base.OpenWebUI
	var out []networkingv1.NetworkPolicyEgressRule
	for _, d := range w.AllowTo {
		out = append(out, b.egress(d))
	}
	var ports []int // of the internet
	for _, u := range w.OllamaURLs {
		switch to, port, _ := b.base.OllamaWay(u); {
		case to != nil:
			out = append(out, b.egress(*to))
		case port > 0 && !slices.Contains(ports, int(port)):
			ports = append(ports, int(port))
		}
	}
	way := func(to *v1alpha1.Destination, port v1alpha1.Port, known bool) {
		switch {
		case to != nil:
			out = append(out, b.egress(*to))
		case known && !slices.Contains(ports, int(port)):
			ports = append(ports, int(port))
		}
	}
	for i := range w.Backends {
		way(w.Backends[i].Way(b.base.Namespace))
	}
	if w.Database.Server() {
		out = append(out, b.egress(w.Database.Way()))
	}
	if w.Redis != nil {
		way(w.Redis.Way(b.base.Namespace))
	}
	way(w.Vectors.Way(b.base.Namespace))
	if w.OIDC != nil && w.OIDC.Public() && !slices.Contains(ports, 443) {
		ports = append(ports, 443)
	}
	if len(ports) > 0 {
		out = append(out, internet(ports...))
	}
	if m := b.base.Monitoring; m != nil && m.OpenTelemetry != nil {
		out = append(out, b.collector(m.OpenTelemetry))
	}
	if b.base.Ollama != nil {
		out = append(out, b.toOllama())
	}
	return networkPolicy(c, b.clients(&w.Workload, c), append(out, b.dns()))
}

// toOllama lets a pod out to the base's Ollama.
func (b builder) toOllama() networkingv1.NetworkPolicyEgressRule {
	return networkingv1.NetworkPolicyEgressRule{
		To: []networkingv1.NetworkPolicyPeer{{
			PodSelector: &metav1.LabelSelector{MatchLabels: b.ollamaComponent().Selector()},
		}},
		Ports: object.Ports(ollamaPort),
	}
}

// collector lets the chat out to what gathers OpenTelemetry's data.
func (b builder) collector(t *v1alpha1.OpenTelemetry) networkingv1.NetworkPolicyEgressRule {
	if t.To == nil {
		return internet(t.Port())
	}
	return b.egress(v1alpha1.Destination{Peer: *t.To, Ports: []v1alpha1.Port{v1alpha1.Port(t.Port())}})
}

// clients are the peers that may connect to the component: the route's
// controller, or what asks for keys in its place, first, then the stack's clients and the prober.
func (b builder) clients(w *v1alpha1.Workload, c component) []networkingv1.NetworkPolicyPeer {
	var in []networkingv1.NetworkPolicyPeer
	if e := b.base.Expose; e.Exposed() && c.Name == b.base.Service() {
		if b.keys() != nil { // which the controller talks to
			in = append(in, networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: b.keysComponent().Selector()}})
		} else {
			in = append(in, object.Peers(b.base.Namespace, *e.From)...)
		}
	}
	for _, p := range *w.AllowFrom {
		in = append(in, object.Peers(b.base.Namespace, p)...)
	}
	if m := b.base.Monitoring; m != nil && m.Prober != nil {
		in = append(in, object.Peers(b.base.Namespace, *m.Prober.From)...)
	}
	return in
}

// egress is the network policy's form of a Destination.
func (b builder) egress(d v1alpha1.Destination) networkingv1.NetworkPolicyEgressRule {
	rule := networkingv1.NetworkPolicyEgressRule{To: object.Peers(b.base.Namespace, d.Peer)}
	for _, p := range d.Ports {
		rule.Ports = append(rule.Ports, object.Ports(int(p))...)
	}
	return rule
}

// dns admits the servers that the pods look up names at.
func (b builder) dns() networkingv1.NetworkPolicyEgressRule {
	var rule networkingv1.NetworkPolicyEgressRule
	for _, p := range b.base.DNS.To {
		rule.To = append(rule.To, object.Peers(b.base.Namespace, p)...)
	}
	udp := corev1.ProtocolUDP
	for _, number := range b.base.DNS.Ports {
		byTCP := object.Ports(int(number))[0]
		rule.Ports = append(rule.Ports, networkingv1.NetworkPolicyPort{Protocol: &udp, Port: byTCP.Port}, byTCP)
	}
	return rule
}
