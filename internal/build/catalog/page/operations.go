package page

import (
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/catalog/trouble"
	"github.com/hearth-dev/hearth/internal/build/monitoring"
)

func (p *page) operations() string {
	return paragraphs(
		strings.Join([]string{
			"- Primary health indicators: " + p.health(),
			"- Dashboards or alerts: " + p.watched(),
			"- Log locations: " + p.logs(),
			"- Known failure modes: those below.",
		}, "\n"),
		"### Health", "`hearth verify "+p.overlay.Name+" --context CONTEXT` asks the cluster whether all of it runs, and the model a question. By hand:", fence(p.looks()),
		markdown.Table([]string{"Workload", "Container", "Probe", "Asks", "Fails after"}, p.probes()),
		"### Logs", fence(p.logCommands()),
		p.furtherLinks(),
		p.alerts(),
		"### Known failure modes", markdown.Table([]string{"Symptom", "Cause", "What to do"}, p.failures()))
}

// health is what says first that something is wrong.
func (p *page) health() string {
	var what []string
	for i := range p.set.Pods {
		r := p.set.Pods[i].Ref
		what = append(what, markdown.Text(r.Kind)+" "+markdown.Code(r.Name)+" ready")
	}
	if p.any(hasOllama) {
		what = append(what, "API responsive", "model volume mounted and not full")
	}
	if p.any(hasChat) {
		what = append(what, "sign-in page answers")
	}
	return strings.Join(what, ", ") + "."
}

// watched is what looks at the service all the time.
func (p *page) watched() string {
	links, own := p.links(v1alpha1.LinkDashboard, v1alpha1.LinkAlerts), p.each(func(b *v1alpha1.Base) string {
		var has []string
		m := b.Monitoring
		if len(monitoring.Alerts(b)) > 0 {
			has = append(has, "the alerts below")
		}
		if m != nil && m.Dashboard != nil {
			has = append(has, "a dashboard of Grafana's")
		}
		return strings.Join(has, " and ")
	})
	switch {
	case len(own) == 0:
		return links
	case links == notSaid:
		return strings.Join(own, ", ")
	}
	return links + ", " + strings.Join(own, ", ")
}

// template is what Prometheus fills in when an alert fires.
var template = regexp.MustCompile(`\{\{ \$labels\.(\w+) \}\}|\{\{ \$value[^}]*\}\}`)

// filled is a text of an alert's as it stands before it fires.
func filled(s string) string {
	s = template.ReplaceAllStringFunc(s, func(t string) string {
		if label := template.FindStringSubmatch(t)[1]; label != "" {
			return "the " + label
		}
		return "so much"
	})
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// alerts are a heading for each, which the alert itself links to, with those of
// its name in all bases.
func (p *page) alerts() string {
	var names []string
	below := map[string][]string{}
	for i := range p.overlay.Bases {
		for _, a := range monitoring.Alerts(&p.overlay.Bases[i]) {
			if below[a.Name] == nil {
				names = append(names, a.Name)
			}
			below[a.Name] = append(below[a.Name],
				fmt.Sprintf("%s, after %s: %s. %s", markdown.Text(filled(a.Severity)), markdown.Text(a.For), markdown.Text(filled(a.Summary)), markdown.Text(filled(a.Description))),
				"```promql\n"+a.Expr+"\n```")
		}
	}
	if len(names) == 0 {
		return ""
	}
	blocks := []string{"### Alerts"}
	for _, name := range names {
		blocks = append(append(blocks, "#### Alert "+markdown.Text(name)), below[name]...)
	}
	return paragraphs(blocks...)
}

// links of these types.
func (p *page) links(types ...v1alpha1.LinkType) string {
	var all []string
	for _, t := range types {
		for _, l := range p.about.Links {
			if l.Type == t {
				all = append(all, markdown.Link(l.Title, l.URL))
			}
		}
	}
	if len(all) == 0 {
		return notSaid
	}
	return strings.Join(all, ", ")
}

func (p *page) furtherLinks() string {
	if other := p.links(v1alpha1.LinkRunbook, v1alpha1.LinkOther); other != notSaid {
		return "See also: " + other
	}
	return ""
}

func (p *page) logs() string {
	all := "the pods' own, by `kubectl logs` as below"
	if l := p.links(v1alpha1.LinkLogs); l != notSaid {
		return l + "; " + all
	}
	return all
}

// object is the workload as kubectl takes it.
func (w workload) object() string {
	if w.field == "engine" { // whose pods kubectl finds by no other way
		return "-l app.kubernetes.io/name=" + w.name
	}
	return w.kind + "/" + w.name
}

func (p *page) looks() []string {
	var commands []string
	for _, ns := range p.namespaces() {
		commands = append(commands, "kubectl -n "+ns+" get pods,endpointslices,persistentvolumeclaims", "kubectl -n "+ns+" get events --sort-by=.lastTimestamp", "kubectl -n "+ns+" top pods")
	}
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		if b.Ollama == nil {
			continue
		}
		each := b.Ollama.Pods()
		if each == nil {
			each = []string{strings.ToLower(b.Ollama.Kind()) + "/" + b.Ollama.ServiceName()}
		}
		for _, pod := range each {
			commands = append(commands, "kubectl -n "+b.Namespace+" exec "+pod+" -- ollama list")
		}
	}
	return commands
}

func (p *page) logCommands() []string {
	var commands []string
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		for _, w := range running(b) {
			commands = append(commands, fmt.Sprintf("kubectl -n %s logs %s --all-containers --timestamps --tail=200", b.Namespace, w.object()),
				fmt.Sprintf("kubectl -n %s logs %s --previous # of the pod's last container, once it was killed", b.Namespace, w.object()))
		}
	}
	return commands
}

func (p *page) probes() [][]string {
	var rows [][]string
	for i := range p.set.Pods {
		pod := &p.set.Pods[i]
		for _, c := range pod.Containers() {
			for _, probe := range []struct {
				name string
				*corev1.Probe
			}{{"has started", c.StartupProbe}, {"gets requests", c.ReadinessProbe}, {"is restarted unless it answers", c.LivenessProbe}} {
				if probe.Probe == nil {
					continue
				}
				asks := "as its manifest says"
				if h := probe.HTTPGet; h != nil {
					asks = markdown.Code(h.Path)
				}
				seconds := max(1, probe.PeriodSeconds) * max(1, probe.FailureThreshold)
				rows = append(rows, []string{markdown.Text(pod.Ref.Kind) + " " + markdown.Code(pod.Ref.Name), markdown.Code(c.Name), probe.name, asks, fmt.Sprintf("%d s", seconds)})
			}
		}
	}
	return rows
}

// ownDocs are links to pages of hearth's, which are not beside the page.
var ownDocs = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)

func (p *page) failures() [][]string {
	var rows [][]string
	for _, t := range trouble.Of(p.overlay.Bases) {
		row := []string{t.Symptom, t.Cause, t.Action}
		for i := range row {
			row[i] = ownDocs.ReplaceAllString(row[i], "$1 in hearth's documents")
		}
		rows = append(rows, row)
	}
	return rows
}
