package v1alpha1_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/testing/golden"
)

// TestOneMistakeOneProblem makes one mistake at a time in stacks that are fine:
// a field's name misspelt, a value of another form. What is said then is said of
// that field: nothing follows from a part that could not be read.
func TestOneMistakeOneProblem(t *testing.T) {
	made := 0
	for name, text := range fine(t) {
		t.Run(name, func(t *testing.T) {
			var root yaml.Node
			if err := yaml.Unmarshal([]byte(text), &root); err != nil {
				t.Fatal(err)
			}
			walk(root.Content[0], "", func(at, what string) {
				made++
				var of, besides problem.List
				for _, p := range load(t, &root).Errors() {
					if problem.Within(p.Path, at) {
						of = append(of, p)
					} else {
						besides = append(besides, p)
					}
				}
				if of != nil && besides != nil {
					t.Errorf("%s %s: besides\n%s\nit is said\n%s", at, what, of, besides)
				}
			})
		})
	}
	if made < 1000 {
		t.Errorf("made %d mistakes, want 1000 and more", made)
	}
}

func load(t *testing.T, root *yaml.Node) problem.List {
	t.Helper()
	data, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	_, problems := generator.Load("hearth.yaml", data)
	return problems
}

// fine are the stacks without an error.
func fine(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	everything, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all["everything"] = string(everything)
	for _, name := range archives(t) {
		for file, text := range golden.Stacks(t, name) {
			if _, problems := generator.Load("", []byte(text)); problems.Err() == nil {
				all[strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+file] = text
			}
		}
	}
	return all
}

// walk makes each mistake in turn, and takes it back.
func walk(n *yaml.Node, path string, made func(at, what string)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			at := document.Join(path, key.Value)
			if was := key.Value; len(was) > 4 {
				end := len(was) - 2
				key.Value = was[:end] + was[end+1:] + was[end:end+1]
				if key.Value != was {
					made(document.Join(path, key.Value), "misspelt")
				}
				key.Value = was
			}
			was := *value
			*value = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: "a.lan:8443"}
			made(at, "of another form")
			*value = was
			walk(value, at, made)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			walk(item, fmt.Sprintf("%s[%d]", path, i), made)
		}
	}
}
