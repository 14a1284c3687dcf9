package vet

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func networkRules() []Rule {
	return []Rule{{
		ID: "network-policy", Severity: problem.Warning, check: networkPolicy, needs: []string{"NetworkPolicy"},
		Reason: "a pod that no NetworkPolicy selects talks to every pod and every address, and everybody talks to it",
		Fix:    "select it in a NetworkPolicy with both policyTypes",
		Source: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
	}, {
		ID: "node-port", Severity: problem.Warning, check: nodePort,
		Reason: "a port of every node leads past the Ingress, and past its TLS and its password",
		Fix:    "write ClusterIP, with a route in front",
		Source: "https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport",
	}}
}

// networkPolicy is a warning: a policy for the whole cluster may stand elsewhere.
// What comes in to Ollama is an error of ollama-open, and to an engine of engine-open.
func networkPolicy(in *input) []Finding {
	isolated := map[networkingv1.PolicyType]map[int]bool{networkingv1.PolicyTypeIngress: {}, networkingv1.PolicyTypeEgress: {}}
	elsewhere := map[string]bool{} // namespaces with policies that only their network's own program knows
	for _, p := range in.Policies {
		for _, direction := range directions(p) {
			if isolated[direction] == nil {
				continue // the API server knows no such
			}
			for _, i := range in.Selected(p.Namespace, &p.Spec.PodSelector) {
				isolated[direction][i] = true
			}
		}
	}
	for _, ref := range in.Refs {
		if g := ref.Group(); g == "cilium.io" || strings.HasSuffix(g, "projectcalico.org") {
			elsewhere[ref.Namespace] = true
		}
	}
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		if elsewhere[p.Ref.Namespace] || elsewhere[""] {
			continue
		}
		open := []string{}
		if !isolated[networkingv1.PolicyTypeIngress][i] && !p.serves(ollama) && !p.serves(engine) {
			open = append(open, "in")
		}
		if !isolated[networkingv1.PolicyTypeEgress][i] {
			open = append(open, "out")
		}
		if len(open) > 0 {
			found = append(found, p.finding("", "no NetworkPolicy here selects the pod for what goes %s", strings.Join(open, " or ")))
		}
	}
	return found
}

// directions that a policy is for; without types it is one for what comes in, and
// for what goes out if it has rules for that.
func directions(p networkingv1.NetworkPolicy) []networkingv1.PolicyType {
	switch {
	case len(p.Spec.PolicyTypes) > 0:
		return p.Spec.PolicyTypes
	case len(p.Spec.Egress) > 0:
		return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	}
	return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
}

// nodePort leaves Ollama's and an engine's to ollama-exposed and engine-exposed, where it
// is an error.
func nodePort(in *input) []Finding {
	var found []Finding
	for _, s := range in.Services {
		reported := func(i int) bool { return in.pods[i].serves(ollama) || in.pods[i].serves(engine) }
		if s.Spec.Type == corev1.ServiceTypeNodePort && !slices.ContainsFunc(in.Selected(s.Namespace, objects.ServiceSelector(s)), reported) {
			found = append(found, Finding{Object: objects.ServiceRef(s), Path: "spec.type", Message: "NodePort opens a port of every node"})
		}
	}
	return found
}
