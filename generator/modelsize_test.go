package generator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// A model that is written into ollama.modelSizes needs what the catalogue says of
// it: nothing that the memory is derived from lacks a field.
func TestModelSizesOfTheCatalogue(t *testing.T) {
	for _, tag := range []string{versions.DefaultOllama, versions.Ollama.Measured} {
		t.Run(tag, func(t *testing.T) {
			known := needs(t, tag, func(m sizing.Model) (string, string) { return m.Name, "" })
			written := needs(t, tag, func(m sizing.Model) (string, string) {
				size, err := json.Marshal(v1alpha1.ModelSizeOf(m))
				if err != nil {
					t.Fatal(err)
				}
				return "me/mine:1", `"me/mine:1": ` + string(size)
			})
			for i, m := range sizing.Catalogue() {
				if diff := cmp.Diff(known[i], written[i]); diff != "" {
					t.Errorf("%s (-catalogue +modelSizes):\n%s", m.Name, diff)
				}
			}
		})
	}
}

// needs of a server for each model of the catalogue, by name and with its figures.
func needs(t *testing.T, tag string, write func(sizing.Model) (name, sizes string)) (all []map[string]int64) {
	t.Helper()
	text := &strings.Builder{}
	text.WriteString("apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: home}\nspec:\n  bases:\n")
	for i, m := range sizing.Catalogue() {
		name, sizes := write(m)
		fmt.Fprintf(text, "    - {name: b%d, namespace: n%[1]d, ollama: {models: [%q], image: {tag: %s}, contextLength: 8192, numParallel: 2, modelSizes: {%s}}}\n", i, name, tag, sizes)
	}
	stack, problems := generator.Load("hearth.yaml", []byte(text.String()))
	if stack == nil {
		t.Fatal(problems.Err())
	}
	for i := range stack.Bases {
		all = append(all, bytesOf(stack.Bases[i].Need()))
	}
	return all
}

// bytesOf is each part of a need, and the sum.
func bytesOf(n sizing.Need) map[string]int64 {
	parts := map[string]int64{"required": n.Required, "limit": n.Limit}
	for _, term := range n.Terms {
		parts[term.Name] = term.Bytes
	}
	return parts
}
