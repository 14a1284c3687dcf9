package generator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// Each answer of docs/how-to.md is put into a base, and into an overlay's entry of
// one: both render.
func TestHowTo(t *testing.T) {
	page, err := os.ReadFile("../docs/how-to.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(page), "\n## ")[1:]
	if len(sections) < 10 {
		t.Fatalf("%d answers were found, there were 10 and more", len(sections))
	}
	const head = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: home}\nspec:\n  bases:\n"
	base := "    - name: ai\n      namespace: ai\n"
	for _, section := range sections {
		title, rest, _ := strings.Cut(section, "\n")
		t.Run(title, func(t *testing.T) {
			_, text, begins := strings.Cut(rest, "```yaml\n")
			text, _, ends := strings.Cut(text, "```")
			if !begins || !ends {
				t.Fatal("has no YAML")
			}
			whole := base + indent(text, "      ")
			if !strings.Contains(text, "ollama:") && !strings.Contains(text, "openWebUI:") || strings.HasPrefix(text, "openWebUI:") && !strings.Contains(text, "ollamaURLs") {
				whole += "      ollama: {models: [\"llama3.2:3b\"]}\n"
			}
			for place, stack := range map[string]string{
				"base": head + whole + "  overlays:\n    - {name: home, bases: [{name: ai}]}\n",
				"overlay": head + base + "      ollama: {models: [\"llama3.2:3b\"]}\n      openWebUI: {}\n" +
					"  overlays:\n    - name: home\n      bases:\n        - name: ai\n" + indent(text, "          "),
			} {
				resolved, problems := generator.Load("hearth.yaml", []byte(stack))
				if resolved != nil {
					_, problems = generator.Generate(resolved)
				}
				if problems.Err() != nil {
					t.Errorf("in the %s: %v\n%s", place, problems, stack)
				}
			}
		})
	}
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}
