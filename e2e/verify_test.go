package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/verify"
)

// verified runs hearth verify against the cluster. timeout 0 looks once.
func (s *suite) verified(t *testing.T, overlay string, minTPS float64, timeout time.Duration) verify.Report {
	t.Helper()
	report, err := verify.Run(s.ctx, verify.Options{
		Config: s.Config, Context: s.Context(), Stack: s.stands, Overlay: overlay, MinTPS: minTPS, Timeout: timeout,
		// Nobody listens there: the cluster has no ingress controller.
		Resolve: map[string]string{"ollama.mutana.site:443": "127.0.0.1:1", "ollama.mutana.site:80": "127.0.0.1:1"},
	}, nil)
	must(t, err)
	return report
}

// looks runs hearth verify of an overlay of the test's own stack, and logs what it says. timeout 0 looks once.
func (s *suite) looks(t *testing.T, stack *v1alpha1.Resolved, overlay string, timeout time.Duration) verify.Report {
	t.Helper()
	report, err := verify.Run(s.ctx, verify.Options{Config: s.Config, Context: s.Context(), Stack: stack, Overlay: overlay, Timeout: timeout}, nil)
	must(t, err)
	for _, row := range report.Rows {
		t.Logf("%-10s %-11s %-40s %s", row.Check, row.Status, row.Subject, row.Detail)
	}
	return report
}

// passes holds that nothing is found wrong with what runs of an overlay.
func (s *suite) passes(t *testing.T, stack *v1alpha1.Resolved, overlay string) verify.Report {
	t.Helper()
	report := s.looks(t, stack, overlay, 0)
	if !report.Passed {
		t.Errorf("%d rows failed", report.Count(verify.Failed))
	}
	return report
}

func (s *suite) verifies(t *testing.T) {
	report := s.verified(t, overlay, 0, 2*time.Minute)
	for _, row := range report.Rows {
		t.Logf("%-12s %-11s %-40s %s", row.Check, row.Status, row.Subject, row.Detail)
		// There is no metrics server, and the model is in memory already.
		unknown := row.Status == verify.NotChecked && slices.Contains([]string{"memory", "cold"}, row.Check)
		if row.Status != verify.Passed && !unknown {
			t.Errorf("%s %s is %s: %s", row.Check, row.Subject, row.Status, row.Detail)
		}
	}
}

// breakage is one thing that is wrong on the cluster; the row of the check must turn red, with a hint.
type breakage struct {
	check  string
	inject []string // a kubectl command; none where the stack asks for something else than there is
	mend   []string // another, besides applying the overlay again
	other  string   // the overlay to look for. Default: the deployed one
	minTPS float64
}

func (s *suite) turnsRed(t *testing.T) {
	ollama := func(args ...string) []string { return append([]string{"--namespace=ollama"}, args...) }
	const ca = "/hearth/ca.yaml"
	s.docker(t, "exec", s.Node(), "sh", "-c",
		"kubectl --kubeconfig=/etc/kubernetes/admin.conf -n ollama get configmap "+registryCA+" -o yaml > "+ca)
	for _, b := range []breakage{
		{check: "namespace", inject: []string{"label", "namespace", "ollama", "pod-security.kubernetes.io/enforce=privileged", "--overwrite"}},
		{check: "objects", inject: ollama("delete", "networkpolicy", "ollama")},
		{check: "configmap", inject: ollama("delete", "configmap", registryCA), mend: []string{"apply", "-f", ca}},
		{check: "service", inject: ollama("patch", "service", "ollama", "-p", `{"spec":{"selector":{"app.kubernetes.io/name":"nobody"}}}`),
			mend: ollama("patch", "service", "ollama", "-p", `{"spec":{"selector":{"app.kubernetes.io/name":"ollama"}}}`)},
		{check: "prompt", minTPS: 1e6},
		// The other overlay of the base asks for another model on another volume, for a Secret and for a way in.
		{check: "secrets", other: "homelab-traefik"},
		{check: "volume", other: "homelab-traefik"},
		{check: "models", other: "homelab-traefik"},
		{check: "tls", other: "homelab-traefik"},
		{check: "redirect", other: "homelab-traefik"},
		// Ends the server, which the kubelet starts again.
		{check: "restarts", inject: ollama("exec", "deployment/ollama", "--container=ollama", "--", "sh", "-c", "kill 1; sleep 5")},
		{check: "workload", inject: ollama("scale", "deployment/ollama", "--replicas=0"), mend: ollama("scale", "deployment/ollama", "--replicas=1")},
	} {
		t.Run(b.check, func(t *testing.T) {
			if b.other == "" {
				b.other = overlay
			}
			s.seesRed(t, b, func() verify.Report { return s.verified(t, b.other, b.minTPS, 0) })
			if b.inject != nil {
				s.apply(t)
			}
		})
	}
	s.waitReady(t, "ollama", "ollama", nil, 2*time.Minute)
}

// seesRed injects the fault, looks until the row is red, and mends.
func (s *suite) seesRed(t *testing.T, b breakage, look func() verify.Report) {
	t.Helper()
	if b.inject != nil {
		// The command that kills the server it is connected to may well end with an error.
		if out, err := s.Kubectl(s.ctx, nil, b.inject...); err != nil && b.check != "restarts" {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// Some of what is broken shows only after a moment: endpoints, a restart, a certificate that the controller has to read.
	s.eventually(t, 2*time.Minute, "the row "+b.check+" is red", func() (string, error) {
		row, ok := look().Row(b.check, "")
		switch {
		case !ok:
			return "there is no such row", nil
		case row.Status != verify.Failed:
			return string(row.Status) + ": " + row.Detail, nil
		case strings.TrimSpace(row.Hint) == "":
			t.Errorf("the row %s has no hint: %s", b.check, row.Detail)
		}
		t.Logf("%s: %s\n  hint: %s", b.check, row.Detail, row.Hint)
		return "", nil
	})
	if b.mend != nil {
		s.kubectl(t, b.mend...)
	}
}
