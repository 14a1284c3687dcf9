package fns_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/internal/testing/worlds"
)

// The function StackCheck finds what opens Ollama or the chat, and nothing else.
func TestWorlds(t *testing.T) {
	for _, w := range worlds.All(t) {
		t.Run(w.Name, func(t *testing.T) {
			out, _, _ := run(t, `{apiVersion: config.kubernetes.io/v1, kind: ResourceList, functionConfig: {apiVersion: hearth.dev/v1alpha1, kind: StackCheck, metadata: {name: check}}, items: `+w.Items(t)+"}\n")
			if wrong := w.Judge(said(t, out)); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

// The function Stack refuses what render refuses.
func TestStackWorlds(t *testing.T) {
	for _, w := range worlds.Stacks(t) {
		t.Run(w.Name, func(t *testing.T) {
			out, _, err := run(t, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  "+strings.ReplaceAll(string(w.Stack), "\n", "\n  ")+"\n")
			results := said(t, out)
			refused := slices.ContainsFunc(results, func(f worlds.Found) bool { return f.Error })
			if wrong := w.Refused(refused, fmt.Sprint(results)); wrong != "" {
				t.Error(wrong)
			}
			if refused != (err != nil) {
				t.Errorf("refused: %t, and the error is %v", refused, err)
			}
		})
	}
}

// said are the results of a list.
func said(t *testing.T, out string) []worlds.Found {
	t.Helper()
	results, err := parse(t, out).results.Elements()
	if err != nil {
		t.Fatal(err)
	}
	var all []worlds.Found
	for _, r := range results {
		rule, message, _ := strings.Cut(yaml.GetValue(r.Field("message").Value), ": ")
		all = append(all, worlds.Found{Rule: rule, Error: yaml.GetValue(r.Field("severity").Value) == "error", Message: message})
	}
	return all
}
