package fns

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/hearth-dev/hearth/internal/yamllimit"
)

const (
	// maxValues of a ResourceList. The framework and StackCheck take up to 13 µs
	// and 1.8 KB for each: 1.5 s and 220 MiB.
	maxValues = 120_000
	// maxItems of a ResourceList, those of Lists in it counted. Each takes 0.3 ms
	// in StackCheck and, where much is wrong with it, 50 KB.
	maxItems = 4_000
	// maxResults of a run. Nobody reads more, and tools keep them.
	maxResults = 1_000
)

// tooMuch reports what makes a ResourceList too much to decode. It decodes
// nothing if there are not places enough for so many items.
func tooMuch(data []byte) error {
	if err := yamllimit.CheckValues(data, maxValues); err != nil {
		return err
	}
	if yamllimit.Places(data) <= maxItems {
		return nil
	}
	items := 0
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var document yaml.Node
		if d.Decode(&document) != nil { // the end, or what the framework will say
			break
		}
		// Here keys are values too.
		if err := yamllimit.Document(&document, 2*maxValues); err != nil {
			return fmt.Errorf("line %d: %w", document.Line, err)
		}
		for _, list := range document.Content {
			items += itemsOf(list)
		}
	}
	if items > maxItems {
		return fmt.Errorf("the list has %d items, those of Lists in it counted, at most %d are read; run hearth-fn on fewer resources", items, maxItems)
	}
	return nil
}

// itemsOf is how many items a list has, those of lists in it counted.
func itemsOf(list *yaml.Node) int {
	n := 0
	for i := 0; list.Kind == yaml.MappingNode && i+1 < len(list.Content); i += 2 {
		if v := list.Content[i+1]; list.Content[i].Value == "items" && v.Kind == yaml.SequenceNode {
			for _, item := range v.Content {
				n += 1 + itemsOf(item)
			}
		}
	}
	return n
}

// bounded are the first results, the errors before the rest, and one that says
// how many there are more.
func bounded(results framework.Results) framework.Results {
	if len(results) <= maxResults {
		return results
	}
	var first, rest framework.Results
	for _, r := range results {
		if r.Severity == framework.Error {
			first = append(first, r)
		} else {
			rest = append(rest, r)
		}
	}
	all := slices.Concat(first, rest)
	more := plainResult(fmt.Sprintf("and %d more; see to these first", len(all)-maxResults))
	more.Severity = all[maxResults].Severity
	return append(all[:maxResults:maxResults], more)
}
