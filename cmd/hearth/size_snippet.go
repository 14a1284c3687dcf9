package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/sizing"
)

// ownFigures reports whether a stack has to give the model's figures: they are of
// its own header, and not of the catalogue.
func ownFigures(m sizing.Model) bool {
	return isFile(m.Source) || strings.Contains(m.Source, "/manifests/")
}

// snippet is what a stack has to say of models whose headers were read: the field
// modelSizes of its ollama.
func snippet(models []sizing.Model) string {
	var b strings.Builder
	for _, m := range models {
		if !ownFigures(m) {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\nfor the stack, under ollama; the name is the one in models:\nmodelSizes:\n")
		}
		fmt.Fprintf(&b, "  %q:\n%s", m.Name, figures(m))
	}
	return b.String()
}

// figures are the fields of a model's modelSizes, a line each in the order of the
// reference.
func figures(m sizing.Model) string {
	data, err := json.Marshal(v1alpha1.ModelSizeOf(m))
	if err != nil {
		panic(err) // numbers, texts and true
	}
	var fields yaml.Node
	if err := yaml.Unmarshal(data, &fields); err != nil {
		panic(err) // JSON is YAML
	}
	var b strings.Builder
	for i, n := range fields.Content[0].Content {
		if i%2 == 0 {
			fmt.Fprintf(&b, "    %s: ", n.Value)
		} else {
			fmt.Fprintf(&b, "%s\n", n.Value)
		}
	}
	return b.String()
}
