package monitoring

import (
	"fmt"
	"net/url"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// probeSpec is that of the operator's Probe.
type probeSpec struct {
	Interval string       `json:"interval"`
	Module   string       `json:"module"`
	Prober   proberSpec   `json:"prober"`
	Targets  probeTargets `json:"targets"`
}

type proberSpec struct {
	Scheme string `json:"scheme"`
	URL    string `json:"url"` // a host with its port
	Path   string `json:"path"`
}

type probeTargets struct {
	StaticConfig staticConfig `json:"staticConfig"`
}

type staticConfig struct {
	Static []string `json:"static"`
}

// question is what the prober asks.
type question struct {
	name   string // of the Probe
	module string
	url    string
	// of says whom it asks: a component's name, or route.
	of string
	// secure says that the answer tells when a certificate ends.
	secure bool
}

const route = "route"

// questions are those to the base: /api/version of Ollama and /health of the
// chat, which are answered without a password and load no model; and the page
// that people open, by its public name.
func questions(b *v1alpha1.Base) []question {
	p := b.Monitoring.Prober
	if p == nil {
		return nil
	}
	var all []question
	if b.Ollama != nil {
		all = append(all, question{name: b.Ollama.ServiceName(), of: b.Ollama.ServiceName(), module: p.Module, url: b.OllamaURL() + "/api/version"})
	}
	if b.OpenWebUI != nil {
		at := "http://open-webui." + b.Namespace + ".svc"
		if port := b.OpenWebUI.Service.Port; port != 80 {
			at += fmt.Sprintf(":%d", port)
		}
		all = append(all, question{name: "open-webui", of: "open-webui", module: p.Module, url: at + "/health"})
	}
	if e := b.Expose; e.Exposed() {
		path := "/"
		if b.Program() == v1alpha1.ProgramOllama {
			path = "/api/version"
		}
		all = append(all, question{
			name: e.Name + "-route", of: route, module: p.RouteModule, url: e.URL() + path, secure: e.TLS.Type != v1alpha1.TLSNone,
		})
	}
	return all
}

// job is the label of what the operator's Prometheus measures of a Probe.
func (q question) job(b *v1alpha1.Base) string { return "probe/" + b.Namespace + "/" + q.name }

// probe is the operator's object for a question.
func (t Target) probe(q question, m *v1alpha1.Monitoring) *object.Custom {
	spec := probeSpec{
		Interval: seconds(m.Prober.Interval),
		Module:   q.module,
		Targets:  probeTargets{StaticConfig: staticConfig{Static: []string{q.url}}},
	}
	if u, err := url.Parse(m.Prober.URL); err == nil { // checked with the spec
		spec.Prober = proberSpec{Scheme: u.Scheme, URL: u.Host, Path: u.Path}
	}
	if spec.Prober.Path == "" || spec.Prober.Path == "/" {
		spec.Prober.Path = "/probe"
	}
	return &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiVersion, Kind: "Probe"},
		ObjectMeta: t.meta(q.name, m.Labels),
		Spec:       spec,
	}
}
