package vet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
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

// charts are the archives of a pair's.
func charts(t *testing.T, names string) []*txtar.Archive {
	t.Helper()
	var all []*txtar.Archive
	for name := range strings.FieldsSeq(names) {
		archive, err := txtar.ParseFile(filepath.Join("testdata", "foreign", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, archive)
	}
	return all
}

// findingsOf charts, by their archives' names.
func findingsOf(t *testing.T, names string) []vet.Finding {
	t.Helper()
	checker := vet.New()
	var all []vet.Finding
	for _, archive := range charts(t, names) {
		all = append(all, look(t, checker, archive)...)
	}
	return all
}

// ours is the stack of a pair.
func ours(t *testing.T, name string) *v1alpha1.Resolved {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "alike", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load(name, data)
	if stack == nil {
		t.Fatal(problems)
	}
	return stack
}

// ourFindings are what is found in a pair's stack.
func ourFindings(t *testing.T, name string) []vet.Finding {
	t.Helper()
	var all []vet.Finding
	for _, r := range vetted(t, vet.New(), ours(t, name)) {
		all = append(all, r.Findings...)
	}
	return all
}

// chartTable counts what each kind of rule finds.
func chartTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| | | Pod Security \"restricted\" | other errors | warnings |\n|---|---|---|---|---|\n")
	for _, pair := range alike {
		for _, side := range []struct {
			name  string
			found []vet.Finding
		}{{"chart", findingsOf(t, pair.charts)}, {"hearth", ourFindings(t, pair.stack)}} {
			var security, errors, warnings int
			for _, f := range side.found {
				switch {
				case f.Rule == "pod-security":
					security++
				case f.Severity == problem.Error:
					errors++
				default:
					warnings++
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d |\n", pair.what, side.name, security, errors, warnings)
		}
	}
	return b.String()
}
