package generator_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
	objectset "github.com/hearth-dev/hearth/internal/objects"
)

// A chat that would hand each question tools is told not to, unless a person wrote how.
func TestModelParams(t *testing.T) {
	const legacy = `{"function_calling": "legacy"}`
	for _, c := range []struct{ name, chat, want string }{
		{"before tools", "{}", ""},
		{"the last before", "{image: {tag: 0.9.6}}", ""},
		{"with tools", "{image: {tag: 0.10.0}}", legacy},
		{"no version", "{image: {tag: main}}", legacy},
		{"a person's own", "{image: {tag: 0.12.4}, env: {DEFAULT_MODEL_PARAMS: '{}'}}", "{}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stack, problems := generator.Load("hearth.yaml", []byte("apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: home}\nspec:\n"+
				"  bases: [{name: ai, namespace: ai, ollama: {models: [gemma3]}, openWebUI: "+c.chat+"}]\n  overlays: [{name: home, bases: [{name: ai}]}]\n"))
			if stack == nil {
				t.Fatal(problems)
			}
			all, problems := generator.Objects(stack, "home")
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			var got []string
			set := objectset.New(all)
			for i := range set.Pods {
				for _, container := range set.Pods[i].Containers() {
					for _, v := range container.Env {
						if v.Name == "DEFAULT_MODEL_PARAMS" {
							got = append(got, v.Value)
						}
					}
				}
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("DEFAULT_MODEL_PARAMS is %q, want %q", text, c.want)
			}
		})
	}
}
