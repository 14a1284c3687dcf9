package vet

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/hearth-dev/hearth/internal/objects"
)

// admitter is a NetworkPolicy for what comes in.
type admitter struct {
	ref   Ref
	pods  labels.Selector
	rules []networkingv1.NetworkPolicyIngressRule
}

// admitters are the NetworkPolicies that decide what may come into a pod.
func (in *input) admitters(p pod) []admitter {
	var found []admitter
	for _, a := range in.admittersIn[objects.Namespace(p.Ref.Namespace)] {
		if a.pods.Matches(labels.Set(p.Meta.Labels)) {
			found = append(found, a)
		}
	}
	return found
}

// ollamaOpen looks at every policy: what one admits no other can refuse.
func ollamaOpen(in *input) []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		if !p.serves(ollama) {
			continue
		}
		all := in.admitters(*p)
		if len(all) == 0 {
			found = append(found, p.finding("", "no NetworkPolicy here selects the pod for what comes in"))
		}
		for _, a := range all {
			for j, rule := range a.rules {
				whom := everybody(rule.From)
				if whom == "" || !p.listens(rule.Ports) {
					continue
				}
				found = append(found, Finding{Object: a.ref, Path: fmt.Sprintf("spec.ingress[%d].from", j),
					Message: fmt.Sprintf("admits %s to %s", whom, p.Ref), Fix: "name the clients' pods and namespaces"})
			}
		}
	}
	return found
}

// everybody is whom a rule admits if that is all; "" if it chooses.
func everybody(peers []networkingv1.NetworkPolicyPeer) string {
	if len(peers) == 0 {
		return "everybody"
	}
	all := func(s *metav1.LabelSelector) bool { return len(s.MatchLabels)+len(s.MatchExpressions) == 0 }
	for _, peer := range peers {
		switch {
		case peer.IPBlock != nil && strings.HasSuffix(peer.IPBlock.CIDR, "/0") && len(peer.IPBlock.Except) == 0:
			return "every address"
		case peer.NamespaceSelector != nil && all(peer.NamespaceSelector) && (peer.PodSelector == nil || all(peer.PodSelector)):
			return "every pod of the cluster"
		}
	}
	return ""
}

// listens reports whether a rule's ports are for one that Ollama listens at. A rule
// without ports is for all.
func (p *pod) listens(ports []networkingv1.NetworkPolicyPort) bool {
	own := []corev1.ContainerPort{{ContainerPort: 11434}}
	for _, c := range p.containers() {
		if ollama(c) && len(c.Ports) > 0 {
			own = c.Ports
		}
	}
	if len(ports) == 0 {
		return true
	}
	return slices.ContainsFunc(ports, func(rule networkingv1.NetworkPolicyPort) bool {
		return slices.ContainsFunc(own, func(port corev1.ContainerPort) bool { return includes(rule, port) })
	})
}

// includes reports whether a rule's port, a number, range or name, is a container's.
func includes(rule networkingv1.NetworkPolicyPort, port corev1.ContainerPort) bool {
	switch {
	case rule.Port == nil:
		return true
	case rule.Port.StrVal != "":
		return rule.Port.StrVal == port.Name
	case rule.EndPort != nil:
		return rule.Port.IntVal <= port.ContainerPort && port.ContainerPort <= *rule.EndPort
	}
	return rule.Port.IntVal == port.ContainerPort
}
