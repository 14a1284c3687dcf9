package vet

import (
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func probeRules() []Rule {
	return []Rule{{
		ID: "probes", Severity: problem.Warning, check: probes,
		Reason: "without a readinessProbe people are sent to a pod that cannot answer yet; a livenessProbe that gives up as early as the same readinessProbe restarts a pod that is only busy",
		Fix:    "set a readinessProbe, and raise the failureThreshold of a livenessProbe that asks the same",
		Source: "https://kubernetes.io/docs/concepts/workloads/pods/probes",
	}}
}

// probes does not ask for a livenessProbe: a program that ends when it fails
// needs none.
func probes(in *input) []Finding {
	served := in.served()
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		all := p.containers()
		if served[i] && !slices.ContainsFunc(all, func(c container) bool { return c.ReadinessProbe != nil }) {
			f := p.finding("containers", "a Service leads here, and no container has a readinessProbe")
			f.Fix = "set one that says when the program can answer"
			found = append(found, f)
		}
		for _, c := range all {
			live, ready := c.LivenessProbe, c.ReadinessProbe
			if live == nil || ready == nil || !reflect.DeepEqual(live.ProbeHandler, ready.ProbeHandler) {
				continue
			}
			if patience(live) <= patience(ready) {
				f := c.finding("livenessProbe", "asks what the readinessProbe asks, and gives up after %d s, that one after %d s", patience(live), patience(ready))
				f.Fix = "raise its failureThreshold"
				found = append(found, f)
			}
		}
	}
	return found
}

// patience is how long a probe may fail, in seconds, with Kubernetes' defaults.
func patience(p *corev1.Probe) int32 {
	period, failures := p.PeriodSeconds, p.FailureThreshold
	if period == 0 {
		period = 10
	}
	if failures == 0 {
		failures = 3
	}
	return period * failures
}

// served are the pods that a Service of the list selects.
func (in *input) served() map[int]bool {
	found := map[int]bool{}
	for _, s := range in.Services {
		for _, i := range in.Selected(s.Namespace, objects.ServiceSelector(s)) {
			found[i] = true
		}
	}
	return found
}
