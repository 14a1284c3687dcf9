package reach

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"go4.org/netipx"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Rule is a rule of a NetworkPolicy for what comes in to a pod.
type Rule struct {
	Policy Ref
	Index  int // of the rule
	networkingv1.NetworkPolicyIngressRule
}

// Admits are the rules for what comes in to a port of a pod; isolated reports
// whether any NetworkPolicy selects it, without which everybody is admitted. The
// ports are those that a program listens at; none stands for any.
func Admits(set *objects.Set, p *objects.Pod, ports []corev1.ContainerPort) (rules []Rule, isolated bool) {
	for _, policy := range set.PoliciesOf(p) {
		if !isolates(policy) {
			continue
		}
		isolated = true
		ref := objects.PolicyRef(*policy)
		for i, rule := range policy.Spec.Ingress {
			if includesAny(rule.Ports, ports) {
				rules = append(rules, Rule{ref, i, rule})
			}
		}
	}
	return rules, isolated
}

// foreignPolicy is a policy of another kind that may select a pod for what comes
// in: Cilium's, Calico's or one of the cluster's admins. These are not looked into.
func foreignPolicy(set *objects.Set, p *objects.Pod) (Ref, bool) {
	policies := set.Index("foreign policies", func(o Object, ref Ref) []any {
		in := objects.Namespace(ref.Namespace)
		if ref.Kind == "CiliumClusterwideNetworkPolicy" || ref.Kind == "GlobalNetworkPolicy" || ref.Group() == "policy.networking.k8s.io" {
			in = ""
		}
		types := texts(objects.At(o, "spec", "types"))
		switch group := ref.Group(); {
		case !strings.HasSuffix(ref.Kind, "NetworkPolicy"):
		case group == "cilium.io" && objects.At(o, "spec", "ingress") != nil:
			for key, value := range objects.Child(o, "spec", "endpointSelector", "matchLabels") {
				return []any{chosen{in, label(key), fmt.Sprint(value)}} // by one of them
			}
			return []any{chosen{namespace: in}}
		case group == "policy.networking.k8s.io" && objects.At(o, "spec", "ingress") != nil,
			(group == "projectcalico.org" || group == "crd.projectcalico.org") && (len(types) == 0 || slices.Contains(types, "Ingress")):
			return []any{chosen{namespace: in}}
		}
		return nil
	})
	var keys []chosen
	for _, in := range []string{"", objects.Namespace(p.Ref.Namespace)} {
		keys = append(keys, chosen{namespace: in})
		for _, key := range slices.Sorted(maps.Keys(p.Meta.Labels)) {
			keys = append(keys, chosen{in, key, p.Meta.Labels[key]})
		}
	}
	var first Ref
	for _, key := range keys {
		for _, i := range policies[key] {
			if ref := set.Refs[i]; selects(set.All[i], p.Meta.Labels) {
				if first == (Ref{}) || ref.String() < first.String() {
					first = ref
				}
				break // the others have names behind it
			}
		}
	}
	return first, first != Ref{}
}

// chosen are the pods of a namespace, "" for any, by a label.
type chosen struct{ namespace, key, value string }

// label is one of Cilium's without its source.
func label(key string) string {
	if _, name, has := strings.Cut(key, ":"); has {
		return name
	}
	return key
}

// selects reports whether a policy of Cilium's may select what has some labels.
func selects(policy Object, labels map[string]string) bool {
	for key, value := range objects.Child(policy, "spec", "endpointSelector", "matchLabels") {
		if labels[label(key)] != value {
			return false
		}
	}
	return true
}

// isolates reports whether a policy is for what comes in, which it is unless it
// says otherwise.
func isolates(p *networkingv1.NetworkPolicy) bool {
	return len(p.Spec.PolicyTypes) == 0 || slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)
}

// includesAny reports whether a rule's ports are for one of a program's. A rule
// without ports is for all.
func includesAny(rule []networkingv1.NetworkPolicyPort, own []corev1.ContainerPort) bool {
	return len(rule) == 0 || len(own) == 0 || slices.ContainsFunc(rule, func(r networkingv1.NetworkPolicyPort) bool {
		return slices.ContainsFunc(own, func(port corev1.ContainerPort) bool { return includes(r, port) })
	})
}

// includes reports whether a rule's port, a number, range or name, is a container's.
func includes(rule networkingv1.NetworkPolicyPort, port corev1.ContainerPort) bool {
	switch {
	case rule.Protocol != nil && *rule.Protocol != corev1.ProtocolTCP:
		return false // the programs speak TCP
	case rule.Port == nil:
		return true
	case rule.Port.StrVal != "":
		return rule.Port.StrVal == port.Name
	case rule.EndPort != nil:
		return rule.Port.IntVal <= port.ContainerPort && port.ContainerPort <= *rule.EndPort
	}
	return rule.Port.IntVal == port.ContainerPort
}

// Ports are those that a program listens at, by number and name.
func Ports(c objects.Container, p Program) []corev1.ContainerPort {
	own := slices.Clone(c.Ports)
	for _, n := range listens(c, p) {
		if !has(c, n) {
			own = append(own, corev1.ContainerPort{ContainerPort: n})
		}
	}
	return own
}

// Everybody is whom rules admit together if they do not choose: "" if they do.
// Two halves of all addresses are all of them, and a selector that any namespace
// satisfies chooses none.
func Everybody(rules []networkingv1.NetworkPolicyIngressRule) string {
	var sum netipx.IPSetBuilder
	for _, rule := range rules {
		if len(rule.From) == 0 {
			return "everybody"
		}
		for _, peer := range rule.From {
			if peer.IPBlock != nil {
				add(&sum, peer.IPBlock)
			} else if peer.NamespaceSelector != nil && matchesAny(peer.NamespaceSelector) && matchesAny(peer.PodSelector) {
				return "every pod of the cluster"
			}
		}
	}
	return strangers(&sum)
}

// matchesAny reports whether a selector matches what nobody labelled, in a
// namespace of any name.
func matchesAny(s *metav1.LabelSelector) bool {
	if s == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set{corev1.LabelMetadataName: "a-namespace-of-any-name"})
}

func add(sum *netipx.IPSetBuilder, b *networkingv1.IPBlock) {
	prefix, err := netip.ParsePrefix(b.CIDR)
	if err != nil {
		return
	}
	var one netipx.IPSetBuilder
	one.AddPrefix(prefix)
	for _, e := range b.Except {
		if except, err := netip.ParsePrefix(e); err == nil {
			one.RemovePrefix(except)
		}
	}
	if set, err := one.IPSet(); err == nil {
		sum.AddSet(set)
	}
}

// The largest ranges that one owner has: an IPv4 /8 of IANA's registry of 1990s
// allocations, and an IPv6 /19. More public addresses than that are strangers'.
const (
	ownersIPv4 = 1 << (32 - 8)
	ownersIPv6 = 19 // prefix length
)

// strangers reports whether a set has more public addresses than any owner has.
func strangers(sum *netipx.IPSetBuilder) string {
	for _, private := range v1alpha1.PrivateRanges() {
		sum.RemovePrefix(private)
	}
	for _, many := range []string{"224.0.0.0/3", "ff00::/8"} { // of groups, and reserved
		sum.RemovePrefix(netip.MustParsePrefix(many))
	}
	set, err := sum.IPSet()
	if err != nil {
		return ""
	}
	ipv4, ipv6 := 0, 0.0
	for _, p := range set.Prefixes() {
		if p.Addr().Is4() {
			ipv4 += 1 << (32 - p.Bits())
		} else if p.Bits() <= 64 {
			ipv6 += 1 / float64(uint64(1)<<p.Bits())
		}
	}
	if ipv4 > ownersIPv4 || ipv6 > 1.0/(1<<ownersIPv6) {
		return "strangers on the internet"
	}
	return ""
}

// admission is whom the NetworkPolicies of a pod let in to its programs by
// address: nobody, a private network, or anybody.
func (a *analysis) admission(p *objects.Pod) passage {
	if known, ok := a.admitted[p]; ok {
		return known
	}
	var ports []corev1.ContainerPort
	for _, c := range p.Containers() {
		for _, program := range ProgramsOf(c) {
			ports = append(ports, Ports(c, program)...)
		}
	}
	a.admitted[p] = admission(Admits(a.Set, p, ports))
	return a.admitted[p]
}

func admission(rules []Rule, isolated bool) passage {
	if !isolated {
		return passage{}
	}
	closed, private := true, true
	for _, rule := range rules {
		if len(rule.From) == 0 {
			return passage{}
		}
		for _, peer := range rule.From {
			if peer.IPBlock == nil {
				continue
			}
			closed = false
			if prefix, err := netip.ParsePrefix(peer.IPBlock.CIDR); err != nil || !v1alpha1.PrivateRange(prefix) {
				private = false
			}
		}
	}
	return passage{closed: closed, private: private}
}
