package fns

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// config is a functionConfig, not yet decoded.
type config struct {
	node *yaml.RNode
	id   identity
}

// function is what a kind of config does with the items.
type function func(config, []*yaml.RNode) ([]*yaml.RNode, framework.Results)

func kinds() map[string]function {
	return map[string]function{
		v1alpha1.Kind:     stack,
		"Ollama":          decoded(ollama),
		"OpenWebUI":       decoded(openWebUI),
		"Expose":          decoded(expose),
		"OllamaResources": decoded(ollamaResources),
		"StackCheck":      decoded(stackCheck),
	}
}

// decoded is a function of a config whose spec is a T.
func decoded[T any](run func(config, *fields[T], []*yaml.RNode, problem.List) ([]*yaml.RNode, framework.Results)) function {
	return func(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
		f, problems := read[T](c)
		if f == nil {
			return nil, c.results(problems)
		}
		return run(c, f, items, problems)
	}
}

// Kinds are the kinds of config of apiVersion v1alpha1.APIVersion, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds())) }

// readConfig finds out what the config is. Its fields are read later, by the
// function that it asks for.
func readConfig(n *yaml.RNode) (config, framework.Results) {
	if yaml.IsMissingOrNull(n) {
		return config{}, framework.Results{plainResult("functionConfig: missing: want one of kind " + strings.Join(Kinds(), ", "))}
	}
	if n.YNode().Kind != yaml.MappingNode {
		return config{}, framework.Results{plainResult("functionConfig: want a mapping with apiVersion, kind, metadata and spec")}
	}
	c := config{node: n, id: idOf(n)}
	known := slices.Contains(Kinds(), c.id.kind)
	switch {
	case c.isConfigMap() || c.id.apiVersion == v1alpha1.APIVersion && known:
		return c, c.warnings()
	case known:
		return c, c.results(problem.List{{Path: "apiVersion", Message: fmt.Sprintf("got %q, want %s", c.id.apiVersion, v1alpha1.APIVersion)}})
	}
	return c, c.results(problem.List{{
		Path: "kind",
		Message: fmt.Sprintf("got %q of %q, want one of %s of %s, or a v1 ConfigMap",
			c.id.kind, c.id.apiVersion, strings.Join(Kinds(), ", "), v1alpha1.APIVersion),
		Fix: spelling.Suggest(c.id.kind, Kinds()),
	}})
}

// isConfigMap reports whether kpt made the config of a configMap in a Kptfile.
func (c config) isConfigMap() bool { return c.id.apiVersion == "v1" && c.id.kind == "ConfigMap" }

// apply runs the function. The items are new ones only if no result is an error.
func (c config) apply(items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	if c.isConfigMap() {
		return chosen(c, items)
	}
	return kinds()[c.id.kind](c, items)
}

const localConfig = "config.kubernetes.io/local-config"

// warnings are about the config as a file of a package, which kpt applies to a
// cluster unless it is told not to.
func (c config) warnings() framework.Results {
	if c.path() == "" || c.isConfigMap() || annotation(c.node, localConfig) == "true" {
		return nil
	}
	return c.results(problem.List{{
		Severity: problem.Warning, Path: "metadata.annotations",
		Message: "without " + localConfig + ` this config is applied to the cluster, which does not know its kind`,
		Fix:     `write ` + localConfig + `: "true"`,
	}})
}

// path of the config's file in its package, "" if there is none.
func (c config) path() string {
	if p := annotation(c.node, kioutil.PathAnnotation); p != "" {
		return p
	}
	return annotation(c.node, kioutil.LegacyPathAnnotation)
}

// folder is where the objects made from the config are put in a package: beside
// its file, one folder for each config.
func (c config) folder() string { return path.Join(path.Dir(c.path()), c.id.name) }

// owner names the config in the comment on what is made from it.
func (c config) owner() string {
	if c.id.kind == v1alpha1.Kind {
		return c.id.kind + " " + c.id.name
	}
	return c.id.kind + " " + c.id.namespace + "/" + c.id.name
}
