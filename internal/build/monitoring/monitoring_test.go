package monitoring_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/monitoring"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// base has all that can be watched, and asks for it.
func base(change func(*v1alpha1.Base)) *v1alpha1.Base {
	b := &v1alpha1.Base{
		Name: "ai", Namespace: "ai",
		Ollama:    &v1alpha1.Ollama{Models: []string{"llama3.2:3b"}},
		OpenWebUI: &v1alpha1.OpenWebUI{},
		Expose:    &v1alpha1.Expose{Type: v1alpha1.ExposeNginx, Host: "chat.example.org", TLS: &v1alpha1.TLS{Type: v1alpha1.TLSSecret, SecretName: "chat"}},
		Monitoring: &v1alpha1.Monitoring{
			Prober:    &v1alpha1.Prober{URL: "http://blackbox.monitoring.svc:9115"},
			Alerts:    &v1alpha1.Alerts{RunbookURL: "https://git.example.org/page.md"},
			Dashboard: &v1alpha1.Dashboard{},
			Speed:     &v1alpha1.Speed{MinTokensPerSecond: 5},
		},
	}
	if change != nil {
		change(b)
	}
	b.Default()
	return b
}

func objects(b *v1alpha1.Base) []any {
	c := workload.Exposed("homelab", b)
	return monitoring.Objects(monitoring.Target{Component: c}, b)
}

// bases are what the alerts differ by.
func bases() map[string]*v1alpha1.Base {
	return map[string]*v1alpha1.Base{
		"all":       base(nil),
		"no prober": base(func(b *v1alpha1.Base) { b.Monitoring.Prober = nil }),
		"Ollama alone": base(func(b *v1alpha1.Base) {
			b.OpenWebUI, b.Expose.NGINX = nil, &v1alpha1.NGINX{BasicAuth: &v1alpha1.BasicAuth{SecretName: "users"}}
		}),
		"keys": base(func(b *v1alpha1.Base) {
			b.OpenWebUI, b.Monitoring.Prober = nil, nil
			b.Expose.APIKeys = &v1alpha1.APIKeys{SecretName: "keys", Names: []string{"laptop"}}
		}),
		"replicas": base(func(b *v1alpha1.Base) {
			b.OpenWebUI, b.Monitoring.Prober, b.Expose = nil, nil, nil
			b.Ollama.Replicas = 3
		}),
		"chat alone": base(func(b *v1alpha1.Base) {
			b.Ollama, b.Monitoring.Speed = nil, nil
			b.Expose = nil
		}),
	}
}

func TestThePageNamesEveryAlert(t *testing.T) {
	page, err := os.ReadFile("../../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for name, b := range bases() {
		for _, a := range monitoring.Alerts(b) {
			known[a.Name] = true
			if !strings.Contains(string(page), "`"+a.Name+"`") {
				t.Errorf("%s: docs/monitoring.md has no %s", name, a.Name)
			}
		}
	}
	for _, row := range strings.Split(string(page), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) < 3 || !slices.Contains([]string{"critical", "warning"}, strings.TrimSpace(cells[2])) {
			continue
		}
		for i, word := range strings.Split(cells[1], "`") {
			if i%2 == 1 && !known[word] {
				t.Errorf("docs/monitoring.md has %s, which no base has", word)
			}
		}
	}
}

// Without a prober no rule goes by one; nobody would notice that it never fires.
func TestAlertsGoByWhatIsMeasured(t *testing.T) {
	for name, b := range bases() {
		for _, a := range monitoring.Alerts(b) {
			if b.Monitoring.Prober == nil && strings.Contains(a.Expr, "probe_") {
				t.Errorf("%s: %s asks for what nobody measures: %s", name, a.Name, a.Expr)
			}
			if b.Ollama == nil && strings.Contains(a.Expr, "ollama") || b.OpenWebUI == nil && strings.Contains(a.Expr, "open-webui") {
				t.Errorf("%s: %s goes by what the base has not: %s", name, a.Name, a.Expr)
			}
		}
	}
}

// A route that asks for a password answers 401 to a prober that has none.
func TestModules(t *testing.T) {
	for name, want := range map[string][]string{
		"all":          {"http_2xx", "http_2xx", "http_2xx"},
		"Ollama alone": {"http_2xx", "http_401"},
		"chat alone":   {"http_2xx"},
		"no prober":    nil,
	} {
		var got []string
		for _, o := range objects(bases()[name]) {
			var probe struct {
				Kind string
				Spec struct{ Module string }
			}
			if data, err := json.Marshal(o); err != nil || json.Unmarshal(data, &probe) != nil {
				t.Fatal(err)
			}
			if probe.Kind == "Probe" {
				got = append(got, probe.Spec.Module)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the Probes' modules are %v, want %v", name, got, want)
		}
	}
}

// grafanaReads decodes a dashboard by Grafana's own types, which know every field
// of a dashboard and of the panels that Grafana comes with.
func grafanaReads(t *testing.T, name, text string) {
	t.Helper()
	var d dashboard.Dashboard //nolint:staticcheck // the classic form, which every Grafana reads
	// A list of no errors is its nil.
	if err := d.UnmarshalJSONStrict([]byte(text)); err != nil && err.Error() != "" {
		t.Errorf("%s: Grafana's types: %v", name, err)
	} else if err := d.Validate(); err != nil {
		t.Errorf("%s: Grafana's rules: %v", name, err)
	}
	spoiled := strings.Replace(text, `"gridPos"`, `"gridpos"`, 1)
	if err := d.UnmarshalJSONStrict([]byte(spoiled)); err == nil || err.Error() == "" {
		t.Errorf("%s: Grafana's types accept a misspelt gridPos", name)
	}
}

// Grafana keeps a dashboard by its uid, and shows one panel of an id.
func TestDashboard(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	uids := map[string]string{}
	for name, b := range bases() {
		for _, o := range objects(b) {
			config, is := o.(*corev1.ConfigMap)
			if !is {
				continue
			}
			for file, text := range config.Data {
				var d struct {
					UID    string
					Panels []struct {
						ID      int
						GridPos struct{ H, W, X, Y int }
						Targets []struct{ Expr string }
					}
				}
				if err := json.Unmarshal([]byte(text), &d); err != nil {
					t.Fatalf("%s: %s: %v", name, file, err)
				}
				grafanaReads(t, name, text)
				if len(d.UID) > 40 || len(d.Panels) == 0 {
					t.Errorf("%s: uid %q, %d panels", name, d.UID, len(d.Panels))
				}
				uids[config.Name] = d.UID
				places := map[any]bool{}
				for i, p := range d.Panels {
					if p.ID != i+1 || places[p.GridPos] || p.GridPos.X+p.GridPos.W > 24 || len(p.Targets) == 0 {
						t.Errorf("%s: panel %d: %+v", name, i, p)
					}
					places[p.GridPos] = true
				}
			}
		}
	}
	if len(uids) != 2 || uids["ollama-dashboard"] == uids["open-webui-dashboard"] {
		t.Errorf("dashboards are %v, want two with a uid each", uids)
	}
}
