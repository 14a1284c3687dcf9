package vet_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/vet"
)

// alike are charts, re-created in testdata/foreign, and stacks for the same
// purpose in testdata/alike.
var alike = []struct{ what, stack, charts string }{
	{"Ollama, as the chart comes", "ollama", "ollama-chart-defaults"},
	{"Ollama with a model, a volume and an Ingress", "ollama-ingress", "ollama-chart"},
	{"Open WebUI and Ollama, as the charts come", "chat", "ollama-chart-defaults open-webui-chart"},
}

// findingsOf charts, by their archives' names.
func findingsOf(t *testing.T, names string) []vet.Finding {
	t.Helper()
	checker := vet.New()
	var all []vet.Finding
	for name := range strings.FieldsSeq(names) {
		archive, err := txtar.ParseFile(filepath.Join("testdata", "foreign", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, look(t, checker, archive)...)
	}
	return all
}

// ourFindings are what is found in a stack that accepts nothing.
func ourFindings(t *testing.T, name string) []vet.Finding {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "alike", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Parse(name, data)
	if stack == nil {
		t.Fatal(problems)
	}
	var all []vet.Finding
	for _, r := range vetted(t, vet.New(), stack) {
		all = append(all, r.Findings...)
	}
	return all
}

// chartTable counts what each kind of rule finds.
func chartTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| | | kube-score critical | kube-score warnings | Pod Security \"restricted\" | our rules, errors | our rules, warnings |\n|---|---|---|---|---|---|---|\n")
	for _, pair := range alike {
		for _, side := range []struct {
			name  string
			found []vet.Finding
		}{{"chart", findingsOf(t, pair.charts)}, {"hearth", ourFindings(t, pair.stack)}} {
			n := map[string]int{}
			for _, f := range side.found {
				family, _, _ := strings.Cut(f.Rule, "/")
				if family != "kube-score" && family != "pod-security" {
					family = "ours"
				}
				n[family+" "+string(f.Severity)]++
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d |\n", pair.what, side.name, n["kube-score error"], n["kube-score warning"],
				n["pod-security error"], n["ours error"], n["ours warning"])
		}
	}
	return b.String()
}

// criticalTable says which of kube-score's checks the critical findings are of.
func criticalTable(t *testing.T) string {
	t.Helper()
	n := map[string]map[string]int{}
	columns := []string{"ollama-chart-defaults", "open-webui-chart", "chat"}
	for _, column := range columns {
		found := ourFindings(t, "chat")
		if column != "chat" {
			found = findingsOf(t, column)
		}
		for _, f := range found {
			id, ofKubeScore := strings.CutPrefix(f.Rule, "kube-score/")
			if !ofKubeScore || f.Severity != problem.Error {
				continue
			}
			if n[id] == nil {
				n[id] = map[string]int{}
			}
			n[id][column]++
		}
	}
	var b strings.Builder
	b.WriteString("| kube-score's check | otwld/ollama | open-webui | hearth, both |\n|---|---|---|---|\n")
	for _, id := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d |\n", id, n[id][columns[0]], n[id][columns[1]], n[id][columns[2]])
	}
	return b.String()
}
