package fns

import (
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// ollama emits the inference server.
func ollama(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	base, problems := v1alpha1.ParseOllama(c.node.YNode())
	return component(c, items, base, problems)
}

// openWebUI emits the chat.
func openWebUI(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	base, problems := v1alpha1.ParseOpenWebUI(c.node.YNode())
	return component(c, items, base, problems)
}

// component puts the objects of a base with one component into the list.
func component(c config, items []*yaml.RNode, base *v1alpha1.Base, problems problem.List) ([]*yaml.RNode, framework.Results) {
	results := c.results(problems)
	if base == nil {
		return nil, results
	}
	objects, err := generator.Objects(c.id.name, base)
	if err != nil {
		return nil, append(results, c.results(problem.List{{Message: err.Error()}})...)
	}
	out, found := reconcile(c, items, objects)
	return out, append(results, found...)
}
