package v1alpha1

import (
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// surroundings are the fields of a Base around its components, which the config
// of a single component has beside the component's own. They mean the same.
type surroundings struct {
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Images      Images            `json:"images,omitempty"`
	Proxy       *Proxy            `json:"proxy,omitempty"`
	CABundle    *CABundle         `json:"caBundle,omitempty"`
	DNS         *DNS              `json:"dns,omitempty"`
	Expose      *Expose           `json:"expose,omitempty"`
}

// component is a config of kind Ollama or OpenWebUI, but for its spec.
type component struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"`
	Metadata   FunctionMetadata `json:"metadata"`
}

// ParseOllama reads a function's config of kind Ollama: an Ollama's fields, and
// those of a base around it, under spec. It returns the base that a Stack would
// have of it, nil if there is an error among the problems.
func ParseOllama(config *yaml.Node) (*Base, problem.List) {
	var f struct {
		component
		Spec struct {
			Ollama
			surroundings
		} `json:"spec"`
	}
	return parseComponent(config, KindOllama, &f, func() *Base {
		b := f.Spec.base(f.Metadata)
		b.Ollama = &f.Spec.Ollama
		return b
	})
}

// ParseOpenWebUI is ParseOllama for the kind OpenWebUI. Without ollamaURLs the
// chat uses the Ollama of its namespace, as in a base that has both.
func ParseOpenWebUI(config *yaml.Node) (*Base, problem.List) {
	var f struct {
		component
		Spec struct {
			OpenWebUI
			surroundings
		} `json:"spec"`
	}
	return parseComponent(config, KindOpenWebUI, &f, func() *Base {
		b := f.Spec.base(f.Metadata)
		b.OpenWebUI = &f.Spec.OpenWebUI
		if len(b.OpenWebUI.OllamaURLs) == 0 {
			b.OpenWebUI.useNeighbour(b.Namespace)
		}
		return b
	})
}

// useNeighbour points the chat at the Ollama of the namespace, and lets it out
// to there.
func (w *OpenWebUI) useNeighbour(namespace string) {
	w.OllamaURLs = []string{"http://ollama." + namespace + ".svc:11434"}
	w.AllowTo = append(w.AllowTo, Destination{
		Peer: Peer{PodLabels: map[string]string{
			"app.kubernetes.io/name":     "ollama",
			"app.kubernetes.io/instance": "ollama",
		}},
		Ports: []Port{11434},
	})
}

func (s surroundings) base(m FunctionMetadata) *Base {
	return &Base{
		Name: m.Name, Namespace: m.Namespace,
		Labels: s.Labels, Annotations: s.Annotations,
		Images: s.Images, Proxy: s.Proxy, CABundle: s.CABundle, DNS: s.DNS, Expose: s.Expose,
	}
}

// parseComponent decodes a config into *f, of which base then makes a Base, and
// checks that as if it stood in a Stack.
func parseComponent(config *yaml.Node, kind string, f any, base func() *Base) (*Base, problem.List) {
	root, problems := document.FromNode("", config)
	if root == nil {
		return nil, problems
	}
	if wrong := typeMeta(root, kind); wrong != nil {
		return nil, append(problems, wrong...).Sorted()
	}
	unread := document.Decode(root, f)
	problems = append(problems, unread...)
	node, wrong := baseNode(root, kind)
	problems = append(problems, wrong...)
	if node == nil {
		return nil, problems.Sorted()
	}
	b := base()
	b.applyDefaults()
	problems = append(problems, checkBase(node, b, unread)...).Sorted()
	if problems.Err() != nil {
		return nil, problems
	}
	return b, problems
}

// baseNode is the config with its fields where a Base has them: problems found
// there name the place in the config. It is nil if there is nothing to check.
func baseNode(root *document.Node, kind string) (*document.Node, problem.List) {
	c := checker{node: root}
	metadata, spec := root.Field("metadata"), root.Field("spec")
	if metadata.Field("name") == nil {
		c.errorf("metadata.name", "", "missing: want the config's name, a DNS label such as ollama")
	}
	if metadata.Field("namespace") == nil {
		c.errorf("metadata.namespace", "write the namespace of the objects", "missing: other objects name it, so that no tool can fill it in later")
	}
	if spec == nil {
		c.errorf("spec", "", "missing: want what to deploy")
	}
	if c.problems != nil {
		return nil, c.problems
	}
	return spec.Regroup(map[string]*document.Node{
		"name":      metadata.Field("name"),
		"namespace": metadata.Field("namespace"),
		map[string]string{KindOllama: "ollama", KindOpenWebUI: "openWebUI"}[kind]: spec,

		"labels":      spec.Field("labels"),
		"annotations": spec.Field("annotations"),
		"images":      spec.Field("images"),
		"proxy":       spec.Field("proxy"),
		"caBundle":    spec.Field("caBundle"),
		"dns":         spec.Field("dns"),
		"expose":      spec.Field("expose"),
	}), nil
}
