package v1alpha1

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/sizing"
)

// OllamaResources is the spec of a function's config of that kind: what an
// Ollama that somebody else deployed is sized for. Fields that have no comment
// are those of Ollama.
type OllamaResources struct {
	// Workload that runs Ollama. Default: the only one of the config's namespace
	// with a container of the image ollama/ollama, whatever its registry.
	Workload WorkloadRef `json:"workload,omitempty"`
	// Claim of the volume with the models. Default: none is looked at.
	Claim *Claim `json:"claim,omitempty"`

	Models          []string             `json:"models"`
	ContextLength   int                  `json:"contextLength,omitempty"`
	NumParallel     int                  `json:"numParallel,omitempty"`
	MaxLoadedModels int                  `json:"maxLoadedModels,omitempty"`
	KVCacheType     KVCacheType          `json:"kvCacheType,omitempty"`
	Threads         Threads              `json:"threads,omitempty"`
	PromptCache     Quantity             `json:"promptCache,omitempty"`
	LoadTimeout     Duration             `json:"loadTimeout,omitempty"`
	Node            *Node                `json:"node,omitempty"`
	ModelSizes      map[string]ModelSize `json:"modelSizes,omitempty"`
	// Resources of the container. A missing part, or auto, has the default of an
	// Ollama in a Stack, not the value that the container has now.
	Resources Resources `json:"resources,omitempty"`
}

// WorkloadRef names a container of a Deployment, StatefulSet or DaemonSet.
type WorkloadRef struct {
	// Kind of the workload. Default: any of the three.
	Kind WorkloadKind `json:"kind,omitempty"`
	// Name of the workload. Default: any.
	Name string `json:"name,omitempty"`
	// Container that runs Ollama. Default: the one of the image ollama/ollama.
	Container string `json:"container,omitempty"`
}

// WorkloadKind is a kind with a pod template.
type WorkloadKind string

// Values lists the kinds.
func (WorkloadKind) Values() []string { return []string{"DaemonSet", "Deployment", "StatefulSet"} }

// Claim names a PersistentVolumeClaim.
type Claim struct {
	// Name of the claim; it must be in the list.
	Name string `json:"name"`
	// Size it should have at least; a larger claim is left as it is. Default, or
	// auto: what the models need, and the largest of them a second time.
	Size Quantity `json:"size,omitempty"`
}

// Sizing is a config of kind OllamaResources.
type Sizing struct {
	// Name and Namespace of the config. The workload is in the same namespace.
	Name, Namespace string
	// Spec as written.
	Spec OllamaResources

	node   *document.Node
	unread problem.List
}

// ParseOllamaResources reads a function's config of kind OllamaResources. It is
// nil if there is an error among the problems. Base finds the rest, once the
// version of Ollama is known.
func ParseOllamaResources(config *yaml.Node) (*Sizing, problem.List) {
	var f struct {
		component
		Spec OllamaResources `json:"spec"`
	}
	root, problems := document.FromNode("", config)
	if root == nil {
		return nil, problems
	}
	if wrong := typeMeta(root, KindOllamaResources); wrong != nil {
		return nil, append(problems, wrong...).Sorted()
	}
	unread := document.Decode(root, &f)
	c := checker{node: root, unread: unread}
	c.label("metadata.name", f.Metadata.Name, "the config's name")
	c.label("metadata.namespace", f.Metadata.Namespace, "the workload's namespace")
	spec := root.Field("spec")
	if spec == nil {
		c.errorf("spec", "write models", "missing: want what to size for")
	}
	if w := f.Spec.Workload; w.Name != "" {
		c.name("spec.workload.name", w.Name, "a workload")
	}
	if w := f.Spec.Workload; w.Container != "" {
		c.label("spec.workload.container", w.Container, "a container")
	}
	if f.Spec.Claim != nil {
		c.name("spec.claim.name", f.Spec.Claim.Name, "a PersistentVolumeClaim")
	}
	s := &Sizing{Name: f.Metadata.Name, Namespace: f.Metadata.Namespace, Spec: f.Spec, node: sizingNode(spec), unread: unread}
	problems = append(append(problems, unread...), c.problems...)
	if problems.Err() != nil {
		// What does not need the workload is found in one go all the same.
		if spec != nil {
			_, found := s.check(OllamaVersion)
			problems = append(problems, found...)
		}
		return nil, problems.Sorted()
	}
	return s, problems.Sorted()
}

// sizingNode is the spec with its fields where a Base has them.
func sizingNode(spec *document.Node) *document.Node {
	fields := map[string]*document.Node{"storage": spec.Field("claim")}
	for _, name := range []string{
		"models", "contextLength", "numParallel", "maxLoadedModels", "kvCacheType", "threads", "promptCache",
		"loadTimeout", "node", "modelSizes", "resources",
	} {
		fields[name] = spec.Field(name)
	}
	return spec.Regroup(map[string]*document.Node{"ollama": spec.Regroup(fields)})
}

// Base is an Ollama of the given version with what the config says, defaulted;
// nil if there is an error among the problems.
func (s *Sizing) Base(version string) (*Base, problem.List) {
	b, problems := s.check(version)
	if problems.Err() != nil {
		return nil, problems
	}
	return b, problems
}

func (s *Sizing) check(version string) (*Base, problem.List) {
	f := s.Spec
	o := &Ollama{
		Models: slices.Clone(f.Models), Pull: PullNever, ContextLength: f.ContextLength, NumParallel: f.NumParallel,
		MaxLoadedModels: f.MaxLoadedModels, KVCacheType: f.KVCacheType, Threads: f.Threads, PromptCache: f.PromptCache,
		LoadTimeout: f.LoadTimeout, Node: f.Node, ModelSizes: f.ModelSizes,
	}
	o.Image.Tag, o.Resources = version, f.Resources
	o.Storage.ExistingClaim = "somebody else's"
	if f.Claim != nil {
		o.Storage = Storage{Size: f.Claim.Size}
	}
	b := &Base{Name: s.Name, Namespace: s.Namespace, Ollama: o}
	c := checker{node: s.node, unread: s.unread}
	if o.Threads.number() > 0 && !sizing.LlamaServer(version) {
		c.errorf("ollama.threads", "remove it, and set resources.limits.cpu", "Ollama %s takes the number of threads from the CPU limit, and can be told another by a model alone", version)
		o.Threads = ThreadsAuto
	}
	b.applyDefaults()
	c.resources("ollama.resources", o.Resources)
	if f.Claim != nil && f.Claim.Size != "" && f.Claim.Size != Auto {
		c.between("ollama.storage.size", f.Claim.Size, "1Mi", "64Ti")
	}
	c.models(o)
	c.ollamaRanges()
	c.sizing(b)
	return b, c.problems.Sorted()
}
