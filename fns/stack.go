package fns

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// stack emits the overlay that the Stack names itself.
func stack(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	s, name, problems := v1alpha1.ParseStackFunction(c.node.YNode())
	results := c.results(problems)
	if s == nil {
		return nil, results
	}
	o, wrong := s.ChooseOverlay("spec.overlay", name)
	if wrong != nil {
		return nil, append(results, c.results(problem.List{*wrong})...)
	}
	out, found := emit(c, items, s, o)
	return out, append(results, found...)
}

// chosen emits the overlay that a ConfigMap names, of the Stack in the list: in
// kpt one file holds the Stack, and the Kptfile says which overlay the package
// is.
func chosen(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	choice, problems := v1alpha1.ParseOverlayChoice(c.node.YNode())
	if problems.Err() != nil {
		return nil, c.results(problems)
	}
	of, wrong := findStack(choice.Stack, items)
	if wrong != nil {
		return nil, append(c.results(problems), c.results(problem.List{*wrong})...)
	}
	s, _, problems := v1alpha1.ParseStackFunction(of.node.YNode())
	results := of.results(problems)
	if s == nil {
		return nil, results
	}
	o, wrong := s.ChooseOverlay("data.overlay", choice.Overlay)
	if wrong != nil {
		return nil, append(results, c.results(problem.List{*wrong})...)
	}
	out, found := emit(of, items, s, o)
	return out, append(results, found...)
}

// findStack is the Stack of the given name among the items; for "" the only one.
func findStack(name string, items []*yaml.RNode) (config, *problem.Problem) {
	var found []config
	var names []string
	for _, item := range items {
		i := idOf(item.YNode())
		if i.kind != v1alpha1.Kind || i.apiVersion != v1alpha1.APIVersion {
			continue
		}
		names = append(names, i.name)
		if name != "" && name != i.name {
			continue
		}
		found = append(found, config{node: item, id: i})
	}
	wrong := &problem.Problem{Path: "data.stack"}
	switch {
	case len(names) == 0:
		wrong.Message = fmt.Sprintf("no Stack of %s is in the list", v1alpha1.APIVersion)
		wrong.Fix = "put the stack's file into the package, or use the Stack itself as the config"
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		wrong.Message = fmt.Sprintf("no Stack %q in the list, which has %s", name, strings.Join(names, ", "))
	default:
		wrong.Message, wrong.Fix = "the list has several Stacks: "+strings.Join(names, ", "), "name one with data.stack"
	}
	return config{}, wrong
}

// emit puts the overlay's objects into the list.
func emit(c config, items []*yaml.RNode, s *generator.Stack, o *v1alpha1.Overlay) ([]*yaml.RNode, framework.Results) {
	objects, err := generator.Merged(s, o.Name)
	if err != nil {
		return nil, c.results(problem.List{{Message: err.Error()}})
	}
	return reconcile(c, items, objects)
}
