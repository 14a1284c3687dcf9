package generator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/worlds"
)

// home is a closed stack of another namespace than the worlds are of, with them
// as the resources of its overlay.
const home = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases: [{name: own, namespace: own, ollama: {models: ["llama3.2:3b"]}}]
  overlays: [{name: home, bases: [{name: own}], resources: %s}]
`

// What strangers get in by is refused, as a Stack and as resources of one;
// nothing else is.
func TestWorlds(t *testing.T) {
	for _, w := range worlds.All(t) {
		t.Run(w.Name, func(t *testing.T) { rendered(t, w, fmt.Sprintf(home, w.Items(t))) })
	}
	for _, w := range worlds.Stacks(t) {
		t.Run(w.Name, func(t *testing.T) { rendered(t, w, string(w.Stack)) })
	}
}

// rendered renders a Stack, which may be refused for what it opens alone.
func rendered(t *testing.T, w worlds.World, text string) {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", []byte(text))
	if stack != nil {
		_, problems = generator.Generate(stack)
	}
	if wrong := w.Refused(problems.Err() != nil, problems.String()); wrong != "" {
		t.Error(wrong)
	}
	for _, p := range problems {
		// A field of the Stack says itself what it opens.
		if field := strings.Contains(p.Path, ".openWebUI.") || strings.Contains(p.Path, ".expose."); field && w.Stack != nil {
			continue
		}
		if p.Severity == problem.Error && !strings.HasPrefix(p.Message, "ollama-") && !strings.HasPrefix(p.Message, "chat-exposed: ") {
			t.Errorf("is refused for something else: %v", p)
		}
	}
}
