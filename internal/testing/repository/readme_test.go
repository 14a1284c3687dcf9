package repository

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

// seen is a line of the README's table of figures: what it says, and the report, step and figures that it is filled with.
type seen struct{ what, report, step, text, figures string }

// shown are the lines. Each %s of a text takes the next of the figures, whose names stand between semicolons.
func shown() []seen {
	return []seen{
		{"the chat, from `kubectl apply` until it serves", "chat", "the chat starts with the rendered limits and context", "%s", "from kubectl apply to a ready chat"},
		{"an answer in the browser: its first letter, its end", "chat", "an answer streams", "%s, %s", "time to the first visible letter;time to the end"},
		{"one person asking again and again: a whole answer, median", "chat", "one and four people at once", "%s, %s lost", "1 at once: whole answer, p50;1 at once: messages lost"},
		{"four at once: the same, and the slowest in a hundred", "chat", "one and four people at once", "%s, %s, %s lost",
			"4 at once: whole answer, p50;4 at once: whole answer, p99;4 at once: messages lost"},
		{"an answer that was not cut, and its longest pause", "chat", "an answer of more than five minutes is not cut", "%s, %s",
			"latest change on the page;longest time without a change"},
		{"the chat's pod is deleted: until it serves again, everybody still signed in", "chat", "a deleted pod loses nothing and signs nobody out", "%s",
			"until the chat is ready again"},
		{"Ollama's pod is deleted: until the model answers again, nothing downloaded", "faults", "the pod is deleted during an answer", "%s", "until the model answers again"},
		{"the node restarts: the same", "faults", "the node restarts", "%s", "until the model answers again"},
		{"objects of random stacks that a real API server took without a warning", "dry-run", "no object is refused, and none gets a warning", "%s", "objects"},
	}
}

// TestReadmeFigures keeps the README's figures those of the committed reports, and
// its table of hearth verify the one that is made.
func TestReadmeFigures(t *testing.T) {
	atRoot(t)
	var table strings.Builder
	table.WriteString("\n| what | seen | at commit |\n|---|---|---|\n")
	for _, s := range shown() {
		r := readReport(t, s.report)
		var values []any
		for _, name := range strings.Split(s.figures, ";") {
			values = append(values, r.figure(t, s.step, name))
		}
		fmt.Fprintf(&table, "| %s | %s ([%s](docs/reports/%s.md)) | %s |\n", s.what, fmt.Sprintf(s.text, values...), s.report, s.report, r.Commit)
	}
	pagetest.Tables(t, "README.md", "go test ./internal/testing/repository -run ReadmeFigures -update", *update, map[string]string{
		"figures": table.String(), "verify": verified(t, "homelab-nginx"),
	})
}

// verified is the table of an overlay in order, as the test of package verify has it.
func verified(t *testing.T, overlay string) string {
	t.Helper()
	const file = "internal/verify/testdata/in-order.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == overlay })
	if i < 0 {
		t.Fatalf("%s has no %s", file, overlay)
	}
	return "\n```\n" + string(archive.Files[i].Data) + "```\n\n"
}

// measured is a report, as far as figures are taken from it.
type measured struct {
	Commit string
	Steps  []struct {
		Name    string
		Passed  bool
		Figures []struct {
			Name, Unit string
			Value      float64
		}
	}
}

func readReport(t *testing.T, name string) measured {
	t.Helper()
	data, err := os.ReadFile("docs/reports/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var r measured
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Commit == "" {
		t.Errorf("%s.json does not say which commit was measured", name)
	}
	return r
}

// figure is one of the report's, as people read it.
func (r measured) figure(t *testing.T, step, name string) string {
	t.Helper()
	for _, s := range r.Steps {
		for _, f := range s.Figures {
			if s.Name != step || f.Name != name {
				continue
			}
			if !s.Passed {
				t.Errorf("step %q did not pass", step)
			}
			switch {
			case f.Unit == "":
				return fmt.Sprintf("%.0f", f.Value)
			case f.Value < 10:
				return fmt.Sprintf("%.1f %s", f.Value, f.Unit)
			}
			return fmt.Sprintf("%.0f %s", f.Value, f.Unit)
		}
	}
	t.Errorf("no figure %q in step %q of its report", name, step)
	return "?"
}
