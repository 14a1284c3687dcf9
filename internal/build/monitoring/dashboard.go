package monitoring

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Grafana's dashboard in its classic form, schema version 39 of Grafana 11: what
// hearth writes of it.
type dashboard struct {
	UID           string     `json:"uid"`
	Title         string     `json:"title"`
	Tags          []string   `json:"tags"`
	SchemaVersion int        `json:"schemaVersion"`
	Editable      bool       `json:"editable"`
	Refresh       string     `json:"refresh"`
	Time          timeRange  `json:"time"`
	Timezone      string     `json:"timezone"`
	Templating    templating `json:"templating"`
	Annotations   struct {
		List []struct{} `json:"list"`
	} `json:"annotations"`
	Panels []panel `json:"panels"`
}

type timeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type templating struct {
	List []variable `json:"list"`
}

type variable struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Type  string `json:"type"`
	Query string `json:"query"`
}

type panel struct {
	ID          int         `json:"id"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Type        string      `json:"type"`
	Datasource  datasource  `json:"datasource"`
	GridPos     gridPos     `json:"gridPos"`
	FieldConfig fieldConfig `json:"fieldConfig"`
	Options     any         `json:"options,omitempty"`
	Targets     []target    `json:"targets"`
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type gridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type fieldConfig struct {
	Defaults  fieldDefaults `json:"defaults"`
	Overrides []struct{}    `json:"overrides"`
}

type fieldDefaults struct {
	Unit     string    `json:"unit"`
	Min      *float64  `json:"min,omitempty"`
	Max      *float64  `json:"max,omitempty"`
	Mappings []mapping `json:"mappings,omitempty"`
}

type mapping struct {
	Type    string                 `json:"type"`
	Options map[string]mappingText `json:"options"`
}

type mappingText struct {
	Text  string `json:"text"`
	Color string `json:"color"`
}

type target struct {
	RefID        string     `json:"refId"`
	Datasource   datasource `json:"datasource"`
	Expr         string     `json:"expr"`
	LegendFormat string     `json:"legendFormat"`
}

// prometheus is whichever source of data somebody chooses at the top.
var prometheus = datasource{Type: "prometheus", UID: "$datasource"}

// dashboard is the ConfigMap with the base's panels.
func (t Target) dashboard(b *v1alpha1.Base) *corev1.ConfigMap {
	name := t.Name + "-dashboard"
	// Grafana takes 40 characters, and keeps links and stars by it.
	id := sha256.Sum256([]byte(t.Stack + "/" + b.Namespace + "/" + t.Name))
	d := dashboard{
		UID:   fmt.Sprintf("hearth-%x", id[:8]),
		Title: t.Stack + ": " + b.Namespace,
		Tags:  []string{"hearth"}, SchemaVersion: 39, Refresh: "1m", Timezone: "browser",
		Time:       timeRange{From: "now-24h", To: "now"},
		Templating: templating{List: []variable{{Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus"}}},
		Panels:     seriesOf(b).panels(b.Monitoring),
	}
	if o := b.Ollama; b.Program() == v1alpha1.ProgramOllama && o.Title() != string(v1alpha1.ProgramOllama) {
		d.Title += ", " + o.ServiceName() // Grafana takes no second of a title in a folder
	}
	d.Annotations.List = []struct{}{}
	for i := range d.Panels { // two beside each other
		d.Panels[i].ID = i + 1
		d.Panels[i].GridPos = gridPos{H: 8, W: 12, X: i % 2 * 12, Y: i / 2 * 8}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // > is in most expressions
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		panic(err) // strings and numbers alone
	}
	return t.configMap(b.Monitoring.Dashboard, name, name+".json", text.String())
}

// panels show what the alerts go by.
func (s series) panels(m *v1alpha1.Monitoring) []panel {
	var all []panel
	if len(s.questions) > 0 {
		up, took := stat("Answers", "bool"), graph("Time to answer the prober", "s")
		up.FieldConfig.Defaults.Mappings = []mapping{{Type: "value", Options: map[string]mappingText{
			"0": {Text: "down", Color: "red"}, "1": {Text: "up", Color: "green"},
		}}}
		for _, q := range s.questions {
			up.ask(s.answers(q), "{{instance}}")
			took.ask(s.took(q), "{{instance}}")
		}
		all = append(all, up, took)
	}
	ready := graph("Pods that serve", "short")
	for _, w := range s.workloads {
		ready.ask(w.ready(s.namespace), w.title)
	}
	all = append(all, ready)
	for _, q := range s.questions {
		if q.secure {
			p := stat("The certificate ends in", "s")
			p.ask(s.certificateEnd(q)+" - time()", "{{instance}}")
			all = append(all, p)
		}
	}
	memory := graph("Memory and its limit", "bytes")
	memory.ask(s.memory(), "{{container}}")
	memory.ask(s.memoryLimit(), "{{container}}, limit")
	cpu := graph("CPU, cores", "short")
	cpu.ask("max by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{"+s.containers()+"}[5m]))", "{{container}}")
	volume := graph("Free on the volumes", "percentunit")
	volume.FieldConfig.Defaults.Min, volume.FieldConfig.Defaults.Max = new(0.0), new(1.0)
	volume.ask(s.volumeFree(), "{{persistentvolumeclaim}}")
	restarts := graph("Restarts within an hour", "short")
	restarts.ask(s.restarts("1h"), "{{container}}")
	all = append(all, memory, cpu, volume, restarts)
	if m.Speed != nil {
		p := stat("Since an answer was fast enough", "s")
		p.Description = fmt.Sprintf("%s at %d tokens per second or more, asked by the CronJob %s (%s).", m.Speed.Model, m.Speed.MinTokensPerSecond, s.base.SpeedName(), m.Speed.Schedule)
		p.ask("time() - max(kube_cronjob_status_last_successful_time{"+s.in("cronjob", s.base.SpeedName())+"})", m.Speed.Model)
		all = append(all, p)
	}
	return all
}

func graph(title, unit string) panel { return newPanel("timeseries", title, unit) }

// stat shows the last value alone. All but that is Grafana's own default, which
// its schema wants written.
func stat(title, unit string) panel {
	p := newPanel("stat", title, unit)
	p.Options = map[string]any{
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}},
		"graphMode":     "area", "colorMode": "value", "textMode": "auto", "justifyMode": "auto", "orientation": "",
		"wideLayout": true, "showPercentChange": false, "percentChangeColorMode": "standard",
	}
	return p
}

func newPanel(kind, title, unit string) panel {
	return panel{Type: kind, Title: title, Datasource: prometheus, FieldConfig: fieldConfig{
		Defaults: fieldDefaults{Unit: unit}, Overrides: []struct{}{},
	}}
}

// ask adds a line to the panel.
func (p *panel) ask(expr, legend string) {
	p.Targets = append(p.Targets, target{
		RefID: string(rune('A' + len(p.Targets))), Datasource: prometheus, Expr: expr, LegendFormat: legend,
	})
}
