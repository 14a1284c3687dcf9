package repository

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

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

// TestReadmeFigures keeps the README's figures those of the committed reports.
func TestReadmeFigures(t *testing.T) {
	var table strings.Builder
	table.WriteString("\n| what | seen |\n|---|---|\n")
	for _, s := range shown() {
		var values []any
		for _, name := range strings.Split(s.figures, ";") {
			values = append(values, figure(t, s.report, s.step, name))
		}
		fmt.Fprintf(&table, "| %s | "+s.text+" ([%s](docs/reports/%s.md)) |\n", append(append([]any{s.what}, values...), s.report, s.report)...)
	}
	pagetest.Tables(t, "README.md", "go test ./internal/testing/repository -run ReadmeFigures -update", *update, map[string]string{"figures": table.String()})
}

// figure reads one out of a report.
func figure(t *testing.T, report, step, name string) string {
	t.Helper()
	data, err := os.ReadFile("docs/reports/" + report + ".json")
	if err != nil {
		t.Fatal(err)
	}
	type number struct {
		Name, Unit string
		Value      float64
	}
	var r struct {
		Steps []struct {
			Name    string
			Passed  bool
			Figures []number
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Steps {
		i := slices.IndexFunc(s.Figures, func(f number) bool { return f.Name == name })
		if s.Name != step || i < 0 {
			continue
		}
		if !s.Passed {
			t.Errorf("%s: step %q did not pass", report, step)
		}
		f := s.Figures[i]
		switch {
		case f.Unit == "":
			return fmt.Sprintf("%.0f", f.Value)
		case f.Value < 10:
			return fmt.Sprintf("%.1f %s", f.Value, f.Unit)
		}
		return fmt.Sprintf("%.0f %s", f.Value, f.Unit)
	}
	t.Errorf("%s.json has no figure %q in step %q", report, name, step)
	return "?"
}
