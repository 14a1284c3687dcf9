package fns

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// ollamaResources sizes an Ollama of the list for its models.
func ollamaResources(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	s, problems := v1alpha1.ParseOllamaResources(c.node.YNode())
	results := c.results(problems)
	if s == nil {
		return nil, results
	}
	fail := func(p *problem.Problem) ([]*yaml.RNode, framework.Results) {
		return nil, append(results, c.results(problem.List{*p})...)
	}
	found, wrong := findContainer(s, items)
	if wrong != nil {
		return fail(wrong)
	}
	var claim *yaml.RNode
	if s.Spec.Claim != nil {
		if claim, wrong = findClaim(s, items); wrong != nil {
			return fail(wrong)
		}
	}
	base, problems := s.Base(tag(scalar(found.node, "image")))
	results = append(results, c.results(problems)...)
	if base == nil {
		return nil, results
	}
	if shared(field(found.node, "resources")) || shared(field(found.node, "env")) {
		return nil, append(results, itemResult(found.item, found.path, "resources or env are written with a YAML anchor or alias: "+
			"a change here would be one elsewhere; write them out"))
	}
	sizes := generator.Sizes(base)
	results = append(results, found.resize(sizes)...)
	if claim != nil {
		results = append(results, growClaim(claim, sizes.Volume)...)
	}
	return items, results
}

// container is one of a workload of the list.
type container struct {
	item *yaml.RNode
	node *yaml.Node
	path string // in the item
}

// String names the container for messages.
func (c container) String() string {
	i := idOf(c.item.YNode())
	return i.kind + " " + i.name + ", container " + scalar(c.node, "name")
}

// findContainer is the one that the config names, or the only one with Ollama's
// image.
func findContainer(s *v1alpha1.Sizing, items []*yaml.RNode) (container, *problem.Problem) {
	want := s.Spec.Workload
	var found, others []string
	var chosen container
	for _, item := range items {
		i := idOf(item.YNode())
		if !slices.Contains(want.Kind.Values(), i.kind) || i.namespace != "" && i.namespace != s.Namespace {
			continue
		}
		pod := field(field(field(item.YNode(), "spec"), "template"), "spec")
		for n, node := range elements(field(pod, "containers")) {
			c := container{item, node, fmt.Sprintf("spec.template.spec.containers[%d]", n)}
			switch {
			case want.Kind != "" && i.kind != string(want.Kind),
				want.Name != "" && i.name != want.Name,
				want.Container != "" && scalar(node, "name") != want.Container,
				want.Container == "" && !isOllama(scalar(node, "image")):
				others = append(others, c.String())
			default:
				found, chosen = append(found, c.String()), c
			}
		}
	}
	p := &problem.Problem{Path: "spec.workload"}
	switch {
	case len(found) == 1:
		return chosen, nil
	case len(found) > 1:
		p.Message = "several containers are meant: " + strings.Join(found, "; ")
		p.Fix = "name one with workload.kind, workload.name and workload.container"
	case len(others) > 0:
		p.Message = fmt.Sprintf("no such container with the image ollama/ollama in the namespace %s of the list, but %s", s.Namespace, strings.Join(others, "; "))
		p.Fix = "name one with workload.name and workload.container"
	default:
		p.Message = fmt.Sprintf("no Deployment, StatefulSet or DaemonSet of the namespace %s is in the list", s.Namespace)
		p.Fix = "run this function after what makes it; in kustomize under transformers:"
	}
	return container{}, p
}

// repository is an image without its tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndex(image, ":"); i > strings.LastIndex(image, "/") {
		image = image[:i]
	}
	return image
}

// tag of an image: latest if it has none.
func tag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if t := strings.TrimPrefix(image[len(repository(image)):], ":"); t != "" {
		return t
	}
	return "latest"
}

// isOllama tells Ollama's image, from its own registry or a mirror.
func isOllama(image string) bool {
	r := repository(image)
	return r == "ollama/ollama" || strings.HasSuffix(r, "/ollama/ollama")
}

// findClaim is the PersistentVolumeClaim that the config names.
func findClaim(s *v1alpha1.Sizing, items []*yaml.RNode) (*yaml.RNode, *problem.Problem) {
	var names []string
	for _, item := range items {
		i := idOf(item.YNode())
		if i.apiVersion != "v1" || i.kind != "PersistentVolumeClaim" || i.namespace != "" && i.namespace != s.Namespace {
			continue
		}
		if i.name == s.Spec.Claim.Name {
			return item, nil
		}
		names = append(names, i.name)
	}
	p := &problem.Problem{
		Path:    "spec.claim.name",
		Message: fmt.Sprintf("no PersistentVolumeClaim %q of the namespace %s is in the list", s.Spec.Claim.Name, s.Namespace),
	}
	if len(names) > 0 {
		p.Message += ", which has " + strings.Join(names, ", ")
	} else {
		p.Fix = "remove claim; a StatefulSet's volumeClaimTemplates cannot change"
	}
	return nil, p
}
