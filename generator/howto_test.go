package generator_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// Each answer of docs/how-to.md is put into a base, and into an overlay's entry of
// one: both render. What the page says is refused is, with the text below it.
func TestHowTo(t *testing.T) {
	page, err := os.ReadFile("../docs/how-to.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(page), "\n## ")[1:]
	if len(sections) < 10 {
		t.Fatalf("%d answers were found, there were 10 and more", len(sections))
	}
	refusals := 0
	for _, section := range sections {
		title, rest, _ := strings.Cut(section, "\n")
		t.Run(title, func(t *testing.T) {
			answers := fenced.FindAllStringSubmatch(rest, -1)
			if len(answers) == 0 {
				t.Fatal("has no YAML")
			}
			for _, answer := range answers {
				refused, text, message := answer[1] != "", answer[2], strings.Join(strings.Fields(answer[3]), " ")
				for place, stack := range stacks(text) {
					resolved, problems := generator.Load("hearth.yaml", []byte(stack))
					if resolved != nil {
						_, problems = generator.Generate(resolved)
					}
					err := problems.Err()
					switch {
					case !refused && err != nil:
						t.Errorf("in the %s: %v\n%s", place, problems, stack)
					case refused && err == nil:
						t.Errorf("in the %s it is not refused:\n%s", place, stack)
					case refused && !strings.Contains(strings.Join(strings.Fields(problems.String()), " "), message):
						t.Errorf("in the %s: the page says %q, got\n%v", place, message, problems)
					}
				}
				if refused {
					refusals++
				}
			}
		})
	}
	if refusals < 3 {
		t.Errorf("%d refusals were found, there were 3 and more", refusals)
	}
}

// fenced is YAML, and for a refusal the message right below it.
var fenced = regexp.MustCompile("(?ms)^```yaml( refused)?\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?")

// stacks are the two that an answer makes, or the one of an answer for spec.
func stacks(text string) map[string]string {
	const head = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: home}\nspec:\n  bases:\n"
	base := "    - name: ai\n      namespace: ai\n"
	if strings.HasPrefix(text, "substitute:") {
		return map[string]string{"stack": strings.TrimSuffix(head, "  bases:\n") + indent(text, "  ") + "  overlays:\n    - {name: home, bases: [{name: ai}]}\n"}
	}
	if strings.HasPrefix(text, "bases:") { // of several
		return map[string]string{"stack": strings.TrimSuffix(head, "  bases:\n") + indent(text, "  ")}
	}
	if strings.HasPrefix(text, "catalog:") { // of the whole stack
		return map[string]string{"stack": head + base + "      ollama: {models: [\"llama3.2:3b\"]}\n  overlays:\n    - {name: home, bases: [{name: ai}]}\n" + indent(text, "  ")}
	}
	whole := base + indent(text, "      ")
	if !strings.Contains("\n"+text, "\nollama:") && !strings.Contains(text, "ollamaURLs") {
		whole += "      ollama: {models: [\"llama3.2:3b\"]}\n"
	}
	return map[string]string{
		"base": head + whole + "  overlays:\n    - {name: home, bases: [{name: ai}]}\n",
		"overlay": head + base + "      ollama: {models: [\"llama3.2:3b\"]}\n      openWebUI: {}\n" +
			"  overlays:\n    - name: home\n      bases:\n        - name: ai\n" + indent(text, "          "),
	}
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}
