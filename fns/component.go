package fns

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/route"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// surroundings are the fields of a Base around its components, which the config
// of a single component has beside the component's own. They mean the same.
type surroundings struct {
	Labels      map[string]string  `json:"labels,omitzero"`
	Annotations map[string]string  `json:"annotations,omitzero"`
	Images      v1alpha1.Images    `json:"images,omitzero"`
	Proxy       *v1alpha1.Proxy    `json:"proxy,omitzero"`
	CABundle    *v1alpha1.CABundle `json:"caBundle,omitzero"`
	DNS         *v1alpha1.DNS      `json:"dns,omitzero"`
	Expose      *v1alpha1.Expose   `json:"expose,omitzero"`
}

func (s surroundings) base(m configMetadata) *v1alpha1.Base {
	return &v1alpha1.Base{
		Name: m.Name, Namespace: m.Namespace,
		Labels: s.Labels, Annotations: s.Annotations,
		Images: s.Images, Proxy: s.Proxy, CABundle: s.CABundle, DNS: s.DNS, Expose: s.Expose,
	}
}

// ollamaSpec is an Ollama's fields, and those of a base around it.
type ollamaSpec struct {
	v1alpha1.Ollama
	surroundings
}

// ollama emits the inference server.
func ollama(c config, f *fields[ollamaSpec], items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	base := f.Spec.base(f.Metadata)
	base.Ollama = &f.Spec.Ollama
	return component(c, f, "ollama", base, items, problems)
}

// openWebUISpec is the chat's fields, and those of a base around it.
type openWebUISpec struct {
	v1alpha1.OpenWebUI
	surroundings
}

// openWebUI emits the chat. Without ollamaURLs and backends it uses the Ollama of its
// namespace, as in a base that has both, and is let out to there, at the port of
// the Service in the list.
func openWebUI(c config, f *fields[openWebUISpec], items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	base := f.Spec.base(f.Metadata)
	base.OpenWebUI = &f.Spec.OpenWebUI
	if w := base.OpenWebUI; len(w.OllamaURLs) == 0 && len(w.Backends) == 0 {
		url, to := ollamaBeside(base.Namespace, items)
		w.OllamaURLs, w.AllowTo = []string{url}, append(w.AllowTo, to)
	}
	return component(c, f, "openWebUI", base, items, problems)
}

// ollamaBeside is where a chat finds the Ollama of its namespace, and the pods that
// it is let out to: by the list's Service of that name, or the only one that is an
// Ollama's of hearth; else, since another function may emit it later, as an Ollama
// has them by default.
func ollamaBeside(namespace string, items []*yaml.RNode) (url string, to v1alpha1.Destination) {
	const name, instance, component = "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"
	var found []corev1.Service
	for _, item := range items {
		i := idOf(item)
		var s corev1.Service
		if i.apiVersion != "v1" || i.kind != "Service" || i.namespace != namespace || !applied(item) || decode(item, &s) != nil || len(s.Spec.Ports) == 0 {
			continue
		}
		if s.Name == "ollama" {
			found = []corev1.Service{s}
			break
		}
		if s.Labels[component] == "inference" && s.Labels[name] == s.Name {
			found = append(found, s)
		}
	}
	service, port, pods := "ollama", int32(v1alpha1.OllamaPort), map[string]string{name: "ollama", instance: "ollama"}
	if len(found) == 1 {
		service, port = found[0].Name, found[0].Spec.Ports[0].Port
		if len(found[0].Spec.Selector) > 0 {
			pods = found[0].Spec.Selector
		}
	}
	return fmt.Sprintf("http://%s.%s.svc:%d", service, namespace, port),
		v1alpha1.Destination{Peer: v1alpha1.Peer{PodLabels: pods}, Ports: []v1alpha1.Port{v1alpha1.OllamaPort}}
}

// component puts the objects of a base with one component into the list.
func component[T any](c config, f *fields[T], member string, base *v1alpha1.Base, items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	missing := f.needSpec("what to deploy", "")
	for _, need := range []problem.Problem{
		{Path: "name", Message: "missing: want the config's name, a DNS label such as ollama"},
		{Path: "namespace", Message: "missing: other objects name it, so that no tool can fill it in later", Fix: "write the namespace of the objects"},
	} {
		if f.root.Field("metadata").Field(need.Path) == nil {
			need.Severity, need.Path = problem.Error, "metadata."+need.Path
			missing = append(missing, need)
		}
	}
	if missing == nil {
		found := append(base.Validate(), route.Check(base.Expose)...)
		missing = f.place(found, func(path string) (string, bool) {
			if at, ok := below(path, member); ok {
				return at, true
			}
			switch path {
			case "":
				return "spec", true
			case "name", "namespace":
				return "metadata." + path, true
			}
			return "spec." + path, true
		})
	}
	problems = append(problems, missing...).Sorted()
	results := c.results(problems)
	if problems.Err() != nil {
		return nil, results
	}
	base.Default()
	objects, err := build.Objects(c.id.name, base)
	if err != nil {
		return nil, c.fail(results, problem.Problem{Message: err.Error()})
	}
	if err := opened(base, objects); err != nil {
		return nil, c.refused(results, err)
	}
	out, found := reconcile(c, items, objects)
	return out, append(results, found...)
}

// opened are the ways in that stand open in the objects of a base.
func opened(b *v1alpha1.Base, made []objects.Object) error {
	facts := reach.FactsOf(&v1alpha1.ResolvedOverlay{Bases: []v1alpha1.Base{*b}})
	return refusal(reach.Check(objects.New(made), facts))
}

// refusal is the error that doors that stand open are; nil if there is none.
func refusal(found []reach.Finding) error {
	var problems problem.List
	for _, f := range found {
		problems = append(problems, problem.Problem{Severity: f.Severity, Path: "spec", Message: f.Object.String() + " " + f.Path + ": " + f.Message, Fix: f.Fix})
	}
	return problems.Err()
}
