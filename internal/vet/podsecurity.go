package vet

import (
	"fmt"
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/hearth-dev/hearth/api/problem"
)

func podSecurityRules() []Rule {
	return []Rule{{
		ID: "pod-security", Severity: problem.Error, check: podSecurity,
		Reason: `a namespace that enforces Pod Security "restricted" refuses the pod, and one that does not lets it do more than it needs`,
		Fix:    "set what the message names in the securityContext",
		Source: "https://kubernetes.io/docs/concepts/security/pod-security-standards, judged by k8s.io/pod-security-admission",
	}}
}

// podSecurity asks Kubernetes' own evaluator about every pod.
func podSecurity(in *input) []Finding {
	if len(in.pods) == 0 {
		return nil
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []Finding{{Message: err.Error()}}
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		for _, result := range evaluator.EvaluatePod(level, &p.Meta, &p.Spec) {
			if !result.Allowed {
				found = append(found, p.finding("", "%s", strings.TrimSpace(fmt.Sprintf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail))))
			}
		}
	}
	return found
}
