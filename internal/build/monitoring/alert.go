package monitoring

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// Alert is a rule that fires when something is wrong.
type Alert struct {
	// Name of the alert.
	Name string
	// Severity is critical where people cannot work, else warning.
	Severity string
	// For is how long the expression has to hold.
	For string
	// Expr is PromQL.
	Expr string
	// Summary is one line, Description what it means and where to look first. Both
	// may have Prometheus' templates.
	Summary, Description string
}

// ruleSpec is that of the operator's PrometheusRule.
type ruleSpec struct {
	Groups []ruleGroup `json:"groups"`
}

type ruleGroup struct {
	Name  string     `json:"name"`
	Rules []ruleRule `json:"rules"`
}

type ruleRule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// rule is the operator's object for the alerts.
func (t Target) rule(b *v1alpha1.Base) *object.Custom {
	a := b.Monitoring.Alerts
	group := ruleGroup{Name: "hearth-" + b.Namespace + "-" + t.Name}
	for _, alert := range Alerts(b) {
		r := ruleRule{
			Alert: alert.Name, Expr: alert.Expr, For: alert.For,
			Labels:      map[string]string{"severity": alert.Severity},
			Annotations: map[string]string{"summary": alert.Summary, "description": alert.Description},
		}
		maps.Copy(r.Labels, a.Labels)
		if link := a.RunbookOf(alert.Name); link != "" {
			r.Annotations["runbook_url"] = link
		}
		group.Rules = append(group.Rules, r)
	}
	return &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiVersion, Kind: "PrometheusRule"},
		ObjectMeta: t.meta(t.Name, b.Monitoring.Labels),
		Spec:       ruleSpec{Groups: []ruleGroup{group}},
	}
}

// Alerts are those that the base asks for, in order; nil for none.
func Alerts(b *v1alpha1.Base) []Alert {
	m := b.Monitoring
	if m == nil || m.Alerts == nil {
		return nil
	}
	s := seriesOf(b)
	return slices.Concat(s.down(m), s.fewer(), s.certificate(m), s.pods(m.Alerts), s.speed(m))
}

// down are the alerts of what does not answer: by the prober where there is one,
// else by what Kubernetes says of the pods.
func (s series) down(m *v1alpha1.Monitoring) []Alert {
	if m.Prober == nil {
		var all []Alert
		for _, w := range s.workloads {
			all = append(all, Alert{
				Name: w.alert, Severity: "critical", For: "15m", Expr: w.ready(s.namespace) + " == 0",
				Summary:     w.title + " in " + s.namespace + " is not ready",
				Description: "No pod of " + w.title + " has been ready for 15 minutes. " + w.look(s.namespace),
			})
		}
		return all
	}
	var all []Alert
	var missing []string
	for _, q := range s.questions {
		a := Alert{
			Name: "SignInPageDown", Severity: "critical", For: "5m", Expr: s.answers(q) + " == 0",
			Summary:     "{{ $labels.instance }} does not answer as it should",
			Description: "The prober has had no good answer by the public name for 5 minutes: name, controller, certificate and the program behind it are on the way.",
		}
		switch i := slices.IndexFunc(s.workloads, func(w watched) bool { return w.name == q.of }); {
		case i >= 0:
			w := s.workloads[i]
			a.Name, a.Summary = w.alert, w.title+" in "+s.namespace+" does not answer"
			a.Description = "The prober has had no good answer of {{ $labels.instance }} for 5 minutes. " + w.look(s.namespace)
		case !s.chat:
			a.Name = "RouteDown"
		}
		all = append(all, a)
		missing = append(missing, "absent("+s.answers(q)+")")
	}
	return append(all, Alert{
		Name: "ProbeMissing", Severity: "warning", For: "15m", Expr: strings.Join(missing, "\nor\n"),
		Summary:     "Nothing is measured by {{ $labels.job }}",
		Description: "Prometheus has had no answer of the prober for 15 minutes, so that the alerts that go by it cannot fire: look at Prometheus' page of targets, for the prober's address and module.",
	})
}

// fewer are the alerts of workloads that serve with fewer pods than they should.
func (s series) fewer() (all []Alert) {
	for _, w := range s.workloads {
		if w.pods > 1 {
			ready := w.ready(s.namespace)
			all = append(all, Alert{
				Name: "PodsMissing", Severity: "warning", For: "30m", Expr: fmt.Sprintf("%s > 0\nand\n%s < %d", ready, ready, w.pods),
				Summary:     fmt.Sprintf("{{ $value }} of %d pods of %s in %s are ready", w.pods, w.title, s.namespace),
				Description: "The others serve, and people wait longer. " + w.look(s.namespace),
			})
		}
	}
	return all
}

func (s series) certificate(m *v1alpha1.Monitoring) []Alert {
	var all []Alert
	for _, q := range s.questions {
		if q.secure {
			all = append(all, Alert{
				Name: "CertificateExpiresSoon", Severity: "warning", For: "1h",
				Expr:        fmt.Sprintf("%s - time() < %.0f", s.certificateEnd(q), m.Alerts.CertificateExpiry.Parsed().Seconds()),
				Summary:     "The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}",
				Description: "It should have been renewed by now: look at who issues it, cert-manager or whoever makes the Secret.",
			})
		}
	}
	return all
}

// pods are the alerts of volumes, restarts and memory.
func (s series) pods(a *v1alpha1.Alerts) []Alert {
	return []Alert{
		{
			Name: "VolumeNearlyFull", Severity: "warning", For: "15m", Expr: fmt.Sprintf("%s < %s", s.volumeFree(), ratio(a.VolumeFree)),
			Summary:     "{{ $value | humanizePercentage }} of the volume {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is free",
			Description: "On a full volume models cannot be pulled and chats cannot be saved: remove models, or make storage.size larger.",
		},
		{
			Name: "PodRestarts", Severity: "warning", For: "1m", Expr: fmt.Sprintf("%s >= %d", s.restarts("1h"), a.Restarts),
			Summary:     "The container {{ $labels.container }} in {{ $labels.namespace }} restarts again and again",
			Description: "{{ $labels.pod }} restarted {{ $value | humanize }} times within an hour: see the log of the run before (kubectl logs --previous) and the pod's events.",
		},
		{
			Name: "OutOfMemory", Severity: "warning", For: "1m", Expr: s.outOfMemory(),
			Summary:     "The container {{ $labels.container }} in {{ $labels.namespace }} was killed for its memory",
			Description: "{{ $labels.pod }} reached its limit, and whoever waited for an answer got none: raise the limit, or ask for less context, fewer requests at a time or a smaller model.",
		},
		{
			Name: "MemoryNearLimit", Severity: "warning", For: "15m", Expr: fmt.Sprintf("%s > %s", s.memoryUsed(), ratio(a.MemoryUsed)),
			Summary:     "The container {{ $labels.container }} in {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of its memory",
			Description: "{{ $labels.pod }} has been near its limit for 15 minutes, above which it is killed.",
		},
		{
			Name: "MetricsMissing", Severity: "warning", For: "15m", Expr: "absent(kube_pod_container_info{" + s.in("") + "})",
			Summary:     "Nothing is known of the pods in " + s.namespace,
			Description: "There are no metrics of kube-state-metrics for the namespace, so that the alerts of restarts, memory and readiness cannot fire: either no pod is there, or Prometheus does not read them.",
		},
	}
}

func (s series) speed(m *v1alpha1.Monitoring) []Alert {
	if m.Speed == nil {
		return nil
	}
	return []Alert{{
		Name: "SpeedCheckFailed", Severity: "warning", For: "5m", Expr: s.speedFailed(),
		Summary:     "The last question to " + m.Speed.Model + " in " + s.namespace + " was answered too slowly or not at all",
		Description: fmt.Sprintf("The CronJob %s wants %d tokens per second; the log of its last pod says what came.", s.base.SpeedName(), m.Speed.MinTokensPerSecond),
	}}
}

// ratio is a percentage as Prometheus counts.
func ratio(percent int) string { return fmt.Sprintf("%.2f", float64(percent)/100) }
