package fns

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/vet"
)

// stackCheckSpec is what the checks of hearth vet may find in the list without
// failing.
type stackCheckSpec struct {
	// Exceptions are as in a Stack but for overlay: a list has none.
	Exceptions []v1alpha1.Exception `json:"exceptions,omitzero"`
}

// validate checks the exceptions as those of a Stack.
func (s stackCheckSpec) validate() problem.List {
	var problems problem.List
	exceptions := slices.Clone(s.Exceptions)
	for i := range exceptions {
		if exceptions[i].Overlay != "" {
			problems = append(problems, problem.Problem{
				Severity: problem.Error, Path: fmt.Sprintf("spec.exceptions[%d].overlay", i),
				Message: "the list is of no overlay that could be named", Fix: "remove it; write object to accept less",
			})
			exceptions[i].Overlay = ""
		}
	}
	stack := v1alpha1.Stack{Spec: v1alpha1.Spec{Exceptions: exceptions}}
	return append(problems, stack.Validate()...)
}

// stackCheck looks for what would break once the items are applied, as hearth
// vet does. It changes none of them.
func stackCheck(c config, f *fields[stackCheckSpec], items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	problems = append(problems, f.place(f.Spec.validate(), func(path string) (string, bool) {
		return path, problem.Within(path, "spec.exceptions")
	})...).Sorted()
	results := c.results(problems)
	if problems.Err() != nil {
		return nil, results
	}
	var objects []vet.Object
	from := map[vet.Ref]*yaml.RNode{}
	for _, item := range items {
		if !applied(item) {
			continue
		}
		decoded, err := decodeForVet(item)
		if err != nil {
			results = append(results, itemResult(item, "", "not to be read as the API server would: "+err.Error()))
			continue
		}
		for _, o := range decoded {
			from[vet.RefOf(o)] = item
		}
		objects = append(objects, decoded...)
	}
	checker := vet.New()
	for _, f := range checker.Except(checker.Check(objects, vet.Facts{}), f.Spec.Exceptions) {
		if f.Excepted == "" {
			results = append(results, c.finding(f, from[f.Object]))
		}
	}
	return items, results
}

// applied reports whether an item reaches a cluster, and is not a tool's own: kpt sends the
// whole package, its Kptfile, configs and kustomization.yaml among it.
func applied(item *yaml.RNode) bool {
	i := idOf(item)
	return i.kind != "" && !i.isToolConfig() && annotation(item, localConfig) != "true"
}

// decodeForVet reads an item as rendered YAML is read.
func decodeForVet(item *yaml.RNode) ([]vet.Object, error) {
	text, err := item.String()
	if err != nil {
		return nil, err
	}
	return vet.Document([]byte(text))
}

// finding is one as a result about its item; without one it is about the config,
// if a field of that is named, or about the list as a whole.
func (c config) finding(f vet.Finding, item *yaml.RNode) *framework.Result {
	message := f.Rule + ": " + f.Message
	if f.Fix != "" {
		message += "; " + f.Fix
	}
	r := plainResult(message)
	switch {
	case item != nil:
		r = itemResult(item, f.Path, message)
		// Of a list it is one of the items.
		r.ResourceRef = &yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: f.Object.APIVersion, Kind: f.Object.Kind},
			NameMeta: yaml.NameMeta{Name: f.Object.Name, Namespace: f.Object.Namespace},
		}
	case f.Object == vet.Ref{}:
		r = itemResult(c.node, f.Path, message)
	}
	if f.Severity == problem.Warning {
		r.Severity = framework.Warning
	}
	r.Tags = map[string]string{"rule": f.Rule}
	return r
}
