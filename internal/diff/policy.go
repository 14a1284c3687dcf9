package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/internal/objects"
)

// policy says who is let in, or may be talked to, and who no longer.
func policy(c *change) []Effect {
	if !c.ref.Is(networking, "NetworkPolicy") {
		return nil
	}
	old, _ := objects.Decode[networkingv1.NetworkPolicy](c.old)
	new, _ := objects.Decode[networkingv1.NetworkPolicy](c.new)
	var all []Effect
	if c.new == nil && len(c.after.Selected(c.ref.Namespace, &old.Spec.PodSelector)) == 0 {
		return nil // its pods go with it
	}
	if c.old != nil && c.new != nil && c.touches("spec.podSelector") {
		all = append(all, one(Opens, "is for %s instead of %s: nothing of it holds for those any more", pod(&new.Spec.PodSelector), pod(&old.Spec.PodSelector))...)
	}
	for _, d := range []struct {
		of                    networkingv1.PolicyType
		more, less            string
		isOpen, isClosed      string
		before, after         []string
		wasIsolated, isolated bool
	}{
		{networkingv1.PolicyTypeIngress, "lets in", "no longer lets in", "everybody is let in, unless another policy of the pods says otherwise", "nobody else is let in",
			in(old), in(new), isolates(c.old, old, networkingv1.PolicyTypeIngress), isolates(c.new, new, networkingv1.PolicyTypeIngress)},
		{networkingv1.PolicyTypeEgress, "lets out to", "no longer lets out to", "the pods may talk to everybody, unless another policy of them says otherwise", "the pods may talk to nobody else",
			out(old), out(new), isolates(c.old, old, networkingv1.PolicyTypeEgress), isolates(c.new, new, networkingv1.PolicyTypeEgress)},
	} {
		switch {
		case d.wasIsolated && !d.isolated:
			all = append(all, one(Opens, "%s", d.isOpen)...)
		case !d.wasIsolated && d.isolated:
			text := d.isClosed
			if len(d.after) > 0 {
				text = d.more + " " + strings.Join(d.after, "; ") + "; " + text
			}
			all = append(all, one(Note, "%s", text)...)
		case d.isolated:
			if more := without(d.after, d.before); len(more) > 0 {
				all = append(all, one(Opens, "%s %s", d.more, strings.Join(more, "; "))...)
			}
			if less := without(d.before, d.after); len(less) > 0 {
				all = append(all, one(Note, "%s %s", d.less, strings.Join(less, "; "))...)
			}
		}
	}
	return all
}

// isolates reports whether a policy, if there is one, closes a direction.
func isolates(o objects.Object, p networkingv1.NetworkPolicy, of networkingv1.PolicyType) bool {
	if o == nil {
		return false
	}
	if p.Spec.PolicyTypes == nil { // what the API server fills in
		return of == networkingv1.PolicyTypeIngress || len(p.Spec.Egress) > 0
	}
	return slices.Contains(p.Spec.PolicyTypes, of)
}

func in(p networkingv1.NetworkPolicy) []string {
	var all []string
	for _, r := range p.Spec.Ingress {
		all = append(all, peers(p.Namespace, r.From, r.Ports)...)
	}
	return all
}

func out(p networkingv1.NetworkPolicy) []string {
	var all []string
	for _, r := range p.Spec.Egress {
		all = append(all, peers(p.Namespace, r.To, r.Ports)...)
	}
	return all
}

// peers are those of a rule in words, each with the ports.
func peers(namespace string, list []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) []string {
	at := ""
	if len(ports) > 0 {
		var all []string
		for _, p := range ports {
			all = append(all, port(p))
		}
		at = " at " + and(all)
	}
	if len(list) == 0 {
		return []string{"everybody" + at}
	}
	var all []string
	for _, p := range list {
		all = append(all, peer(namespace, p)+at)
	}
	return all
}

func port(p networkingv1.NetworkPolicyPort) string {
	text := "TCP"
	if p.Protocol != nil {
		text = string(*p.Protocol)
	}
	if p.Port == nil {
		return "every port of " + text
	}
	text += " " + p.Port.String()
	if p.EndPort != nil {
		text += fmt.Sprintf("-%d", *p.EndPort)
	}
	return text
}

func peer(namespace string, p networkingv1.NetworkPolicyPeer) string {
	if p.IPBlock != nil {
		if n := len(p.IPBlock.Except); n > 3 {
			return fmt.Sprintf("%s without %d ranges", p.IPBlock.CIDR, n)
		} else if n > 0 {
			return p.IPBlock.CIDR + " without " + and(p.IPBlock.Except)
		}
		return p.IPBlock.CIDR
	}
	text := pod(p.PodSelector)
	switch s := p.NamespaceSelector; {
	case s == nil:
		return text + " of the namespace " + objects.Namespace(namespace)
	case len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0:
		return text + " of every namespace"
	case len(s.MatchLabels) == 1 && len(s.MatchExpressions) == 0 && s.MatchLabels[corev1.LabelMetadataName] != "":
		return text + " of the namespace " + s.MatchLabels[corev1.LabelMetadataName]
	}
	return text + " of namespaces with " + labelsText(p.NamespaceSelector)
}

// pod is a selector of pods in words.
func pod(s *metav1.LabelSelector) string {
	if s == nil || len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		return "every pod"
	}
	return "pods with " + labelsText(s)
}

func labelsText(s *metav1.LabelSelector) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		all = append(all, key+"="+s.MatchLabels[key])
	}
	for _, e := range s.MatchExpressions {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Key, e.Operator, strings.Join(e.Values, "|"))))
	}
	return strings.Join(all, ",")
}
