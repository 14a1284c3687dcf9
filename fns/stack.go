package fns

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// stack emits the overlay that the Stack names itself.
func stack(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	s, name, problems := readStack(c)
	return emit(c, c, items, s, "spec.overlay", name, problems)
}

// overlayChoice is a config that names an overlay of a Stack which is in the
// list: the ConfigMap that kpt makes of a configMap.
type overlayChoice struct {
	// APIVersion is always v1.
	APIVersion string `json:"apiVersion"`
	// Kind is always ConfigMap.
	Kind string `json:"kind"`
	// Metadata is what kpt writes there; nothing of it is read.
	Metadata configMetadata `json:"metadata"`
	// Data names the overlay.
	Data overlayData `json:"data,omitzero"`
}

// overlayData is a choice of an overlay.
type overlayData struct {
	// Overlay to emit. Default: the only one there is.
	Overlay string `json:"overlay,omitzero"`
	// Stack is the name of the Stack, where there are several.
	Stack string `json:"stack,omitzero"`
}

// chosen emits the overlay that a ConfigMap names, of the Stack in the list: in
// kpt one file holds the Stack, and the Kptfile says which overlay the package
// is.
func chosen(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	var choice overlayChoice
	root, problems := document.FromNode("", c.node.YNode())
	problems = append(problems, document.Decode(root, &choice)...)
	if problems.Err() != nil {
		return nil, c.results(problems)
	}
	of, wrong := findStack(choice.Data.Stack, items)
	if wrong != nil {
		return nil, c.fail(c.results(problems), *wrong)
	}
	s, _, problems := readStack(of)
	return emit(c, of, items, s, "data.overlay", choice.Data.Overlay, problems)
}

// readStack reads a Stack that is a config, or in the list: it may have any
// metadata, and a field spec.overlay, which names the overlay to emit.
func readStack(c config) (s *v1alpha1.Resolved, overlay string, problems problem.List) {
	n := c.node.Copy()
	var choice struct {
		Overlay string `json:"overlay,omitzero"`
	}
	if spec := n.Field("spec"); spec != nil && spec.Value.YNode().Kind == yaml.MappingNode {
		if chosen, err := spec.Value.Pipe(yaml.Clear("overlay")); err == nil && chosen != nil {
			only := yaml.NewMapRNode(nil)
			only.YNode().Content = []*yaml.Node{yaml.NewStringRNode("overlay").YNode(), chosen.YNode()}
			root, _ := document.FromNode("", only.YNode())
			for _, p := range document.Decode(root, &choice) {
				p.Path = "spec." + p.Path
				problems = append(problems, p)
			}
		}
	}
	if m := n.Field("metadata"); m != nil && m.Value.YNode().Kind == yaml.MappingNode {
		name := m.Value.Field("name")
		m.Value.YNode().Content = nil
		if name != nil {
			m.Value.YNode().Content = []*yaml.Node{name.Key.YNode(), name.Value.YNode()}
		}
	}
	root, found := document.FromNode("", n.YNode())
	problems = append(problems, found...)
	if root != nil {
		s, found = resolve.Stack(root)
		problems = append(problems, found...).Sorted()
	}
	if problems.Err() != nil {
		return nil, "", problems
	}
	return s, choice.Overlay, problems
}

// chooseOverlay is the overlay of the given name; for "" the only one there is.
// path is where the name stands, or would.
func chooseOverlay(s *v1alpha1.Resolved, path, name string) (string, *problem.Problem) {
	wrong := &problem.Problem{Severity: problem.Error, Path: path}
	names := s.OverlayNames()
	switch {
	case len(names) == 0:
		wrong.Path = "spec.overlays"
		wrong.Message = "missing: a function emits an overlay, and the stack has none"
		wrong.Fix = "write overlays: [{name: NAME, bases: [{name: " + s.Bases[0].Name + "}]}]"
	case name == "" && len(names) == 1:
		return names[0], nil
	case name == "":
		wrong.Message = "missing: want the overlay to emit, one of " + spelling.List(names)
	case s.Overlay(name) != nil:
		return name, nil
	default:
		wrong.Message = "no overlay \"" + name + "\": the overlays are " + spelling.List(names)
		wrong.Fix = spelling.Suggest(name, names)
	}
	return "", wrong
}

// findStack is the Stack of the given name among the items; for "" the only one.
func findStack(name string, items []*yaml.RNode) (config, *problem.Problem) {
	var found []config
	var names []string
	for _, item := range items {
		i := idOf(item)
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
		wrong.Message = fmt.Sprintf("no Stack %q in the list, which has %s", name, spelling.List(names))
	default:
		wrong.Message, wrong.Fix = "the list has several Stacks: "+spelling.List(names), "name one with data.stack"
	}
	return config{}, wrong
}

// emit puts the objects of an overlay of the config of into the list; c is the
// config that has the overlay's name, at path.
func emit(c, of config, items []*yaml.RNode, s *v1alpha1.Resolved, path, name string, problems problem.List) ([]*yaml.RNode, framework.Results) {
	results := of.results(problems)
	if s == nil {
		return nil, results
	}
	overlay, wrong := chooseOverlay(s, path, name)
	if wrong != nil {
		return nil, c.fail(results, *wrong)
	}
	objects, doors := generator.Objects(s, overlay)
	results = append(results, of.results(doors)...)
	if doors.Err() != nil {
		return nil, results
	}
	out, found := reconcile(of, items, objects)
	return out, append(results, found...)
}
