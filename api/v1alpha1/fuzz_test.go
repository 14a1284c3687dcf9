package v1alpha1_test

import (
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/golden"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// FuzzParse: whatever the bytes, Parse comes back with a Stack or with errors,
// the problems in order, and each at a place in the file.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/everything.yaml", "../../hearth.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, h := range hostile {
		if input := h.input(); len(input) < 10_000 {
			f.Add([]byte(input))
		}
	}
	for _, name := range archives(f) {
		for _, text := range golden.Stacks(f, name) {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stack, problems := generator.Load("hearth.yaml", data)
		if (stack == nil) != (problems.Err() != nil) {
			t.Fatalf("a Stack: %t, and errors: %t; want one or the other", stack != nil, problems.Err() != nil)
		}
		if sorted := problems.Sorted(); sorted.String() != problems.String() {
			t.Errorf("the problems are not sorted:\n%s", problems)
		}
		lines := 1 + strings.Count(string(data), "\n") + strings.Count(string(data), "\r") +
			strings.Count(string(data), "\u0085") + strings.Count(string(data), "\u2028") + strings.Count(string(data), "\u2029")
		for _, p := range problems {
			switch {
			case p.File != "hearth.yaml", p.Line < 0, p.Line > lines, p.Path != "" && p.Line == 0, (p.Line == 0) != (p.Column == 0):
				t.Errorf("%s: no place in a file of %d lines", p, lines)
			case p.Message == "" || strings.ContainsAny(p.String(), "\n\r"):
				t.Errorf("%q: want a line of text", p)
			case p.Severity != problem.Error && p.Severity != problem.Warning:
				t.Errorf("%s: severity %q", p, p.Severity)
			}
		}
		if stack != nil {
			judgeStack(t, stack)
		}
	})
}

// judgeStack looks for what a caller relies on: every default is filled in.
func judgeStack(t *testing.T, stack *v1alpha1.Resolved) {
	bases := slices.Clone(stack.Bases)
	for _, o := range stack.Overlays {
		bases = append(bases, o.Bases...)
	}
	for _, b := range bases {
		switch {
		case b.Name == "" || b.Namespace == "" || b.Expose == nil || b.Ollama == nil && b.OpenWebUI == nil && b.Engine == nil:
			t.Errorf("base %q is incomplete: %+v", b.Name, b)
		case b.Expose.Type != v1alpha1.ExposeInternal && (b.Expose.Host == "" || b.Expose.TLS == nil || b.Expose.From == nil || b.Expose.RedirectHTTP == nil):
			t.Errorf("the route of base %q is incomplete: %+v", b.Name, b.Expose)
		case b.Ollama != nil && (len(b.Ollama.Models) == 0 || b.Ollama.AllowFrom == nil):
			t.Errorf("Ollama of base %q is incomplete: %+v", b.Name, b.Ollama)
		case b.OpenWebUI != nil && (b.OpenWebUI.SecretName == "" || b.OpenWebUI.AllowFrom == nil):
			t.Errorf("Open WebUI of base %q is incomplete: %+v", b.Name, b.OpenWebUI)
		}
	}
}
