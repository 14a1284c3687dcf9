package v1alpha1

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Monitoring is what watches a base: objects of the Prometheus operator and of
// Grafana's sidecar, which have to be in the cluster. Each part is off unless it
// is asked for: docs/monitoring.md says what each needs. Neither program serves
// metrics that Prometheus could read, so there is no ServiceMonitor.
type Monitoring struct {
	// Labels of the Probes and the PrometheusRule, which the operator's Prometheus
	// selects them by: those of its chart, release: NAME. Default none.
	Labels map[string]string `json:"labels,omitzero"`
	// Prober is a blackbox exporter, which asks Ollama, the chat and the route
	// whether they answer. Default none.
	Prober *Prober `json:"prober,omitzero"`
	// Alerts are the rules of a PrometheusRule. {} has all that there is something
	// to measure for. Default none.
	Alerts *Alerts `json:"alerts,omitzero"`
	// Dashboard is a ConfigMap that Grafana's sidecar reads. {} is enough. Default
	// none.
	Dashboard *Dashboard `json:"dashboard,omitzero"`
	// Speed asks Ollama a question now and then, by a CronJob that fails when the
	// answer is slow. Default none.
	Speed *Speed `json:"speed,omitzero"`
	// OpenTelemetry is where Open WebUI sends its metrics, traces or logs. Default
	// nowhere.
	OpenTelemetry *OpenTelemetry `json:"openTelemetry,omitzero"`
}

// Prober is a blackbox exporter and how it asks.
type Prober struct {
	// URL of the exporter, as Prometheus reaches it:
	// http://blackbox-prometheus-blackbox-exporter.monitoring.svc:9115. Its path
	// is /probe unless there is one.
	URL string `json:"url"`
	// Module of the exporter for Ollama and the chat, and for the chat's route: one
	// that wants a status of 200 to 299. Default http_2xx, which the exporter's
	// chart has.
	Module string `json:"module,omitzero"`
	// RouteModule for the host: one that trusts the certificate's issuer. Default:
	// module; but http_401 for a route that asks for a password, which the
	// exporter has no module for until somebody writes it.
	RouteModule string `json:"routeModule,omitzero"`
	// Interval between two questions, 10s to 2m. Default 1m.
	Interval Duration `json:"interval,omitzero"`
	// From is where the exporter's pods are, which the NetworkPolicies admit.
	// Default: the namespace of a url such as NAME.NAMESPACE.svc, and the label
	// app.kubernetes.io/name: prometheus-blackbox-exporter of the exporter's chart.
	From *Peer `json:"from,omitzero"`
}

// Alerts say when a rule fires.
type Alerts struct {
	// RunbookURL is the page that says what to do, such as
	// https://git.example.org/you/repo/blob/main/docs/services/homelab.md; each
	// alert leads to its #alert-NAME, in lower case. Each overlay has its own page.
	// Default: no link.
	RunbookURL string `json:"runbookURL,omitzero"`
	// Labels of every alert beside severity, for Alertmanager's routes. Default
	// none.
	Labels map[string]string `json:"labels,omitzero"`
	// CertificateExpiry is how long before its end a certificate should have been
	// renewed. Default 336h, two weeks; or half of expose.tls's renewBefore, if
	// that is less.
	CertificateExpiry Duration `json:"certificateExpiry,omitzero"`
	// VolumeFree is the least that should be free on a volume, in percent. Default
	// 10.
	VolumeFree int `json:"volumeFree,omitzero"`
	// MemoryUsed is the most of its limit that a container should use, in percent.
	// Default 90.
	MemoryUsed int `json:"memoryUsed,omitzero"`
	// Restarts within an hour from which on there is an alert. Default 3.
	Restarts int `json:"restarts,omitzero"`
}

// Dashboard is where Grafana's sidecar finds the ConfigMap.
type Dashboard struct {
	// Labels that the sidecar looks for. Default {grafana_dashboard: "1"}, that of
	// Grafana's chart.
	Labels map[string]string `json:"labels,omitzero"`
	// Annotations of the ConfigMap, such as {grafana_folder: Home} where the
	// sidecar's folderAnnotation is grafana_folder. Default none.
	Annotations map[string]string `json:"annotations,omitzero"`
}

// Speed is a question to Ollama and how fast the answer has to be.
type Speed struct {
	// Schedule in cron's five fields. The question loads the model as a person's
	// does, and waits behind other questions. Default: every night at a quarter
	// past four, "15 4 * * *".
	Schedule string `json:"schedule,omitzero"`
	// MinTokensPerSecond below which the CronJob's run fails, of the answer alone:
	// to load the model and read the question does not count.
	MinTokensPerSecond int `json:"minTokensPerSecond"`
	// Model to ask, one of ollama.models. Default: the first
	// that is no embedding model.
	Model string `json:"model,omitzero"`
}

// OpenTelemetry is a collector, and what Open WebUI sends it.
type OpenTelemetry struct {
	// Endpoint of the collector's OTLP receiver, with its port
	// (OTEL_EXPORTER_OTLP_ENDPOINT):
	// http://otel-collector.monitoring.svc:4317. The NetworkPolicy lets the chat
	// out to it.
	Endpoint string `json:"endpoint"`
	// Protocol is grpc (default) or http (OTEL_OTLP_SPAN_EXPORTER).
	Protocol OTLPProtocol `json:"protocol,omitzero"`
	// Signals that are sent: metrics, traces, logs (ENABLE_OTEL_METRICS and the
	// like). Traces hold the URLs that people ask for, and logs what the chat
	// writes. Default: metrics alone.
	Signals []Signal `json:"signals,omitzero"`
	// To is where the collector's pods are, for the NetworkPolicy. Default: the
	// namespace of an endpoint such as NAME.NAMESPACE.svc, or the internet for a
	// public one.
	To *Peer `json:"to,omitzero"`
}

// OTLPProtocol is how OpenTelemetry's data travel.
type OTLPProtocol string

// The protocols that Open WebUI knows.
const (
	OTLPGRPC OTLPProtocol = "grpc"
	OTLPHTTP OTLPProtocol = "http"
)

// Values lists the allowed protocols.
func (OTLPProtocol) Values() []string { return texts(OTLPGRPC, OTLPHTTP) }

// Signal is a kind of OpenTelemetry's data.
type Signal string

// The kinds of data that Open WebUI sends.
const (
	SignalMetrics Signal = "metrics"
	SignalTraces  Signal = "traces"
	SignalLogs    Signal = "logs"
)

// Values lists the allowed kinds.
func (Signal) Values() []string { return texts(SignalMetrics, SignalTraces, SignalLogs) }

// applyDefaults fills in what depends on the base, whose other fields have theirs.
func (m *Monitoring) applyDefaults(b *Base) {
	if p := m.Prober; p != nil {
		fill(&p.Module, "http_2xx")
		if b.Expose.Authenticated() && b.Program() == ProgramOllama {
			fill(&p.RouteModule, "http_401")
		}
		fill(&p.RouteModule, p.Module)
		fill(&p.Interval, "1m")
		if namespace := serviceNamespace(p.URL); namespace != "" {
			fillPointer(&p.From, Peer{Namespace: namespace, PodLabels: map[string]string{"app.kubernetes.io/name": "prometheus-blackbox-exporter"}})
		}
	}
	if a := m.Alerts; a != nil {
		if m.asksCertificate(b) {
			fill(&a.CertificateExpiry, b.certificateExpiry())
		}
		fill(&a.VolumeFree, 10)
		fill(&a.MemoryUsed, 90)
		fill(&a.Restarts, 3)
	}
	if d := m.Dashboard; d != nil && d.Labels == nil {
		d.Labels = map[string]string{"grafana_dashboard": "1"}
	}
	if s := m.Speed; s != nil {
		fill(&s.Schedule, "15 4 * * *")
		if b.Ollama != nil {
			fill(&s.Model, b.ChatModel())
		}
	}
	if t := m.OpenTelemetry; t != nil {
		fill(&t.Protocol, OTLPGRPC)
		if t.Signals == nil {
			t.Signals = []Signal{SignalMetrics}
		}
		if namespace := serviceNamespace(t.Endpoint); namespace != "" {
			fillPointer(&t.To, Peer{Namespace: namespace})
		}
	}
}

// asksCertificate reports whether the prober sees a certificate of the route.
func (m *Monitoring) asksCertificate(b *Base) bool {
	return m.Prober != nil && b.Expose.Exposed() && b.Expose.TLS.Type != TLSNone
}

// certificateExpiry is when it is late to renew the route's certificate.
func (b *Base) certificateExpiry() Duration {
	const late = 14 * 24 * time.Hour
	if c := b.Expose.TLS.CertManager; c != nil && c.RenewBefore.Parsed()/2 < late {
		return Duration((c.RenewBefore.Parsed() / 2).Truncate(time.Second).String())
	}
	return "336h"
}

// Port of the collector; 0 if the endpoint has none.
func (t *OpenTelemetry) Port() int {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(u.Port()) // "" is 0
	return n
}

// serviceNamespace is that of a URL's host, if it is the name of a Service with
// its namespace: NAME.NAMESPACE.svc or longer. "" else.
func serviceNamespace(text string) string {
	u := parseURL(text)
	if u == nil {
		return ""
	}
	parts := strings.Split(u.Hostname(), ".")
	if len(parts) >= 3 && parts[2] == "svc" && namespaceForm().MatchString(parts[1]) {
		return parts[1]
	}
	return ""
}

// namespaceForm is a DNS label.
var namespaceForm = lazyregexp.New(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// moduleForm is what the exporter's modules are named with; its configuration
// takes any text, and a URL's parameter carries this one as it is.
var moduleForm = lazyregexp.New(`^[A-Za-z0-9._-]{1,63}$`)

// alertLabelForm is the name of a label in Prometheus.
var alertLabelForm = lazyregexp.New(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func (v validator) monitoring(base *field.Path, given *Monitoring, b *Base) {
	m := b.Monitoring
	if m == nil {
		return
	}
	at := base.Child("monitoring")
	v.labels(at.Child("labels"), m.Labels)
	v.reservedLabels(at.Child("labels"), m.Labels)
	if len(m.Labels) > 0 && m.Prober == nil && m.Alerts == nil {
		v.because(at.Child("prober"), at.Child("alerts")).errorf(at.Child("labels"), "write prober or alerts, or remove it",
			"has no effect: without prober and alerts there is no object for Prometheus")
	}
	if m.Prober != nil {
		v.prober(base, given.Prober, b)
	}
	if m.Alerts != nil {
		v.alerts(base, given.Alerts, b)
	}
	if d := m.Dashboard; d != nil {
		v.labels(at.Child("dashboard", "labels"), d.Labels)
		v.reservedLabels(at.Child("dashboard", "labels"), d.Labels)
		v.baseAnnotations(at.Child("dashboard", "annotations"), d.Annotations)
		if len(d.Labels) == 0 {
			v.errorf(at.Child("dashboard", "labels"), `write such as {grafana_dashboard: "1"}, or remove it`, "got no label, by which Grafana's sidecar finds the dashboard")
		}
	}
	if m.Speed != nil {
		v.speed(base, b)
	}
	if m.OpenTelemetry != nil {
		v.openTelemetry(base, b)
	}
}

func (v validator) prober(base *field.Path, given *Prober, b *Base) {
	at, p := base.Child("monitoring", "prober"), b.Monitoring.Prober
	const example = "http://blackbox-exporter.monitoring.svc:9115"
	address := at.Child("url")
	if p.URL == "" {
		v.errorf(address, "", "missing: want the blackbox exporter's URL, such as %s", example)
	} else if u := v.url(address, p.URL, example, "http", "https"); u != nil {
		if u.RawQuery != "" || u.Fragment != "" {
			v.errorf(address, "write it without", "got %q, which has more than a path: the operator adds target and module", p.URL)
		} else if p.From == nil {
			v.errorf(at.Child("from"), "", "missing: want where the exporter's pods are, such as {namespace: monitoring}: %s does not say", u.Host)
		}
	}
	v.module(at.Child("module"), p.Module)
	v.module(at.Child("routeModule"), p.RouteModule)
	if given.RouteModule != "" && !b.Expose.Exposed() {
		v.because(base.Child("expose")).errorf(at.Child("routeModule"), problem.Remove, "has no effect: there is no route")
	}
	if d := p.Interval.Parsed(); d < 10*time.Second || d > 2*time.Minute {
		v.errorf(at.Child("interval"), "", "got %s, want 10s to 2m: Prometheus forgets an answer after five minutes, and one may be late", p.Interval)
	}
	if given.From != nil {
		v.peer(at.Child("from"), *p.From)
	}
}

func (v validator) module(at *field.Path, name string) {
	if !moduleForm().MatchString(name) {
		v.errorf(at, "", "got %q, want the name of a module of the exporter's, such as http_2xx", name)
	}
}

func (v validator) alerts(base *field.Path, given *Alerts, b *Base) {
	at, m := base.Child("monitoring", "alerts"), b.Monitoring
	a, runbook := m.Alerts, at.Child("runbookURL")
	const page = "https://git.example.org/you/repo/blob/main/docs/services/homelab.md"
	if u := v.url(runbook, a.RunbookURL, page, "http", "https"); u != nil && u.Fragment != "" {
		v.errorf(runbook, "write the page alone", "got %q: each alert adds a fragment of its own", a.RunbookURL)
	}
	for _, key := range slices.Sorted(maps.Keys(a.Labels)) {
		switch {
		case !alertLabelForm().MatchString(key):
			v.errorf(at.Child("labels").Key(key), "", "got the key %q, want letters, digits and '_', a letter first", key)
		case key == "alertname" || key == "severity":
			v.errorf(at.Child("labels").Key(key), "remove it", "hearth sets this label")
		}
	}
	expiry := at.Child("certificateExpiry")
	switch {
	case given.CertificateExpiry == "":
	case !m.asksCertificate(b):
		v.because(base.Child("monitoring", "prober"), base.Child("expose")).errorf(expiry, "write monitoring.prober and a route with TLS, or remove it",
			"there is nothing to measure: nobody asks a route for its certificate")
	case b.Expose.TLS.CertManager != nil && a.CertificateExpiry.Parsed() >= b.Expose.TLS.CertManager.RenewBefore.Parsed():
		v.because(base.Child("expose", "tls")).errorf(expiry, "write less, or remove it",
			"got %s, and cert-manager renews the certificate %s before its end: the alert would come first", a.CertificateExpiry, b.Expose.TLS.CertManager.RenewBefore)
	}
	v.count(at.Child("volumeFree"), a.VolumeFree, 1, 50, "percent")
	v.count(at.Child("memoryUsed"), a.MemoryUsed, 50, 100, "percent")
	v.count(at.Child("restarts"), a.Restarts, 1, 100, "restarts in an hour")
}

func (v validator) speed(base *field.Path, b *Base) {
	at, s := base.Child("monitoring", "speed"), b.Monitoring.Speed
	v.schedule(at, s.Schedule)
	if least := at.Child("minTokensPerSecond"); s.MinTokensPerSecond == 0 {
		v.errorf(least, "docs/benchmarks.md has figures", "missing: want 1 to 10000 tokens per second")
	} else {
		v.count(least, s.MinTokensPerSecond, 1, 10000, "tokens per second")
	}
	if b.Ollama == nil {
		v.because(base.Child("ollama")).errorf(at, problem.Remove, "has no effect: the base has no Ollama to ask")
		return
	}
	switch {
	case len(b.Ollama.Models) == 0 || s.Model == "":
		v.because(base.Child("ollama", "models")).errorf(at, "name a model that answers in ollama.models, or remove it", "asks a model of ollama.models, and there is none that answers")
	case !b.Ollama.Holds(s.Model):
		v.because(base.Child("ollama", "models")).errorf(at.Child("model"), "", "got %q, want one of ollama.models or ollama.customModels: %s", s.Model, list(b.Ollama.Models))
	}
}

func (v validator) openTelemetry(base *field.Path, b *Base) {
	at, t := base.Child("monitoring", "openTelemetry"), b.Monitoring.OpenTelemetry
	endpoint := at.Child("endpoint")
	const example = "http://otel-collector.monitoring.svc:4317"
	if b.OpenWebUI == nil {
		v.because(base.Child("openWebUI")).errorf(at, problem.Remove, "has no effect: Ollama sends nothing, and the base has no Open WebUI")
	}
	if t.Endpoint == "" {
		v.errorf(endpoint, "", "missing: want the collector's URL, such as %s", example)
	} else if u := v.url(endpoint, t.Endpoint, example, "http", "https"); u != nil {
		switch {
		case u.Port() == "":
			v.errorf(endpoint, "write the port, 4317 for grpc and 4318 for http by default", "got %q without a port, which the NetworkPolicy goes by", t.Endpoint)
		case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
			v.errorf(endpoint, "write it without", "got %q, want no path: hearth writes that of each signal", t.Endpoint)
		case t.To == nil && !public(u.Hostname()):
			v.errorf(at.Child("to"), "", "missing: want where the collector's pods are, such as {namespace: monitoring}: %s does not say", u.Host)
		case t.To == nil && u.Scheme == "http":
			v.errorf(endpoint, "write https", "got %q: what the chat sends would cross the internet in clear", t.Endpoint)
		}
	}
	if len(t.Signals) == 0 {
		v.errorf(at.Child("signals"), "name metrics, traces or logs, or remove openTelemetry", "got an empty list: nothing would be sent")
	}
	seen := map[Signal]bool{}
	for i, s := range t.Signals {
		if seen[s] {
			v.errorf(at.Child("signals").Index(i), "remove it", "got %q a second time", s)
		}
		seen[s] = true
	}
	if t.To != nil {
		v.destination(at.Child("to"), *t.To)
	}
}

// public reports whether a host is one of the internet, by its name alone.
func public(host string) bool { return reachable(host, "") }

// RunbookOf is the link of an alert into the page; "" without one.
func (a *Alerts) RunbookOf(alert string) string {
	if a.RunbookURL == "" {
		return ""
	}
	return a.RunbookURL + "#alert-" + strings.ToLower(alert)
}
