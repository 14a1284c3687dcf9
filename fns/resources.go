package fns

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
	"github.com/hearth-dev/hearth/sizing"
)

// resourcesSpec is what an Ollama that somebody else deployed is sized for.
// Fields that have no comment are those of Ollama.
type resourcesSpec struct {
	// Workload that runs Ollama. Default: the only one of the config's namespace
	// with a container of the image ollama/ollama, whatever its registry.
	Workload workloadRef `json:"workload,omitzero"`
	// Claim of the volume with the models. Default: none is looked at.
	Claim *claimRef `json:"claim,omitzero"`

	Models          []string                      `json:"models"`
	ContextLength   int                           `json:"contextLength,omitzero"`
	NumParallel     int                           `json:"numParallel,omitzero"`
	MaxLoadedModels int                           `json:"maxLoadedModels,omitzero"`
	KVCacheType     v1alpha1.KVCacheType          `json:"kvCacheType,omitzero"`
	Threads         v1alpha1.Threads              `json:"threads,omitzero"`
	PromptCache     v1alpha1.Quantity             `json:"promptCache,omitzero"`
	LoadTimeout     v1alpha1.Duration             `json:"loadTimeout,omitzero"`
	Node            *v1alpha1.Node                `json:"node,omitzero"`
	ModelSizes      map[string]v1alpha1.ModelSize `json:"modelSizes,omitzero"`
	// Resources of the container. A missing part, or auto, has the default of an
	// Ollama in a Stack, not the value that the container has now.
	Resources v1alpha1.Resources `json:"resources,omitzero"`
}

// workloadRef names a container of a Deployment, StatefulSet or DaemonSet.
type workloadRef struct {
	// Kind of the workload. Default: any of the three.
	Kind workloadKind `json:"kind,omitzero"`
	// Name of the workload. Default: any.
	Name string `json:"name,omitzero"`
	// Container that runs Ollama. Default: the one of the image ollama/ollama.
	Container string `json:"container,omitzero"`
}

// workloadKind is a kind with a pod template.
type workloadKind string

// Values lists the kinds.
func (workloadKind) Values() []string { return []string{"DaemonSet", "Deployment", "StatefulSet"} }

// claimRef names a PersistentVolumeClaim.
type claimRef struct {
	// Name of the claim; it must be in the list.
	Name string `json:"name,omitzero"`
	// Size it should have at least; a larger claim is left as it is. Default, or
	// auto: what the models need, and the largest of them a second time.
	Size v1alpha1.Quantity `json:"size,omitzero"`
}

// ollamaResources sizes an Ollama of the list for its models.
func ollamaResources(c config, f *fields[resourcesSpec], items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	problems = append(problems, f.root.Place(f.Spec.names(f), f.unread)...)
	if problems.Err() != nil {
		// What does not need the workload is found in one go all the same.
		if f.root.Field("spec") != nil {
			_, found := sized(f, v1alpha1.OllamaVersion, nil)
			problems = append(problems, found...)
		}
		return nil, c.results(problems.Sorted())
	}
	results := c.results(problems)
	found, wrong := findContainer(f.Spec.Workload, f.Metadata.Namespace, items)
	if wrong != nil {
		return nil, c.fail(results, *wrong)
	}
	var claim *yaml.RNode
	if f.Spec.Claim != nil {
		claim, wrong = findObject("PersistentVolumeClaim", f.Metadata.Namespace, f.Spec.Claim.Name, items, problem.Problem{
			Path: "spec.claim.name", Fix: "remove claim; a StatefulSet's volumeClaimTemplates cannot change",
		})
		if wrong != nil {
			return nil, c.fail(results, *wrong)
		}
	}
	base, problems := sized(f, tag(scalar(found.node, "image")), found.env())
	results = append(results, c.results(problems)...)
	if problems.Err() != nil {
		return nil, results
	}
	if found.shared() {
		return nil, append(results, itemResult(found.item, found.path, "resources or env are written with a YAML anchor or alias: "+
			"a change here would be one of another place; write them out"))
	}
	sizes := workload.Sizes(base)
	changes, err := found.resize(sizes)
	if err == nil && claim != nil {
		var more framework.Results
		more, err = growClaim(claim, sizes.Volume)
		changes = append(changes, more...)
	}
	if err != nil {
		return nil, append(results, itemResult(found.item, found.path, "cannot be resized: "+err.Error()))
	}
	return items, append(results, changes...)
}

// names checks what the config names.
func (s resourcesSpec) names(f *fields[resourcesSpec]) problem.List {
	problems := append(f.names("the config's name", "the workload's namespace"), f.needSpec("what to size for", "write models")...)
	if w := s.Workload; w.Name != "" {
		problems = append(problems, reference("spec.workload.name", w.Name, "a workload")...)
	}
	if w := s.Workload; w.Container != "" {
		problems = append(problems, label("spec.workload.container", w.Container, "a container")...)
	}
	if s.Claim != nil {
		problems = append(problems, reference("spec.claim.name", s.Claim.Name, "a PersistentVolumeClaim")...)
	}
	return problems
}

// sized is an Ollama of the given version and environment with what the config says,
// defaulted, and what is wrong with the config.
func sized(f *fields[resourcesSpec], version string, env map[string]v1alpha1.EnvValue) (*v1alpha1.Base, problem.List) {
	s := f.Spec
	o := &v1alpha1.Ollama{
		Models: slices.Clone(s.Models), Pull: v1alpha1.PullNever, ContextLength: s.ContextLength, NumParallel: s.NumParallel,
		MaxLoadedModels: s.MaxLoadedModels, KVCacheType: s.KVCacheType, Threads: s.Threads, PromptCache: s.PromptCache,
		LoadTimeout: s.LoadTimeout, Node: s.Node, ModelSizes: s.ModelSizes,
	}
	o.Image.Tag, o.Resources = version, s.Resources
	o.Storage.ExistingClaim = "another"
	if s.Claim != nil {
		o.Storage = v1alpha1.Storage{Size: s.Claim.Size}
	}
	b := &v1alpha1.Base{Name: f.Metadata.Name, Namespace: f.Metadata.Namespace, Ollama: o}
	problems := f.place(b.Validate(), func(path string) (string, bool) {
		if at, ok := below(path, "ollama.storage"); ok {
			return strings.Replace(at, "spec", "spec.claim", 1), s.Claim != nil
		}
		at, ok := below(path, "ollama")
		if problem.Within(at, "spec.threads") {
			return at, false // said below, of this function
		}
		return at, ok && !problem.Within(at, "spec.image")
	})
	if s.Threads != "" && s.Threads != v1alpha1.ThreadsAuto && !sizing.LlamaServer(version) {
		problems = append(problems, problem.Problem{
			Severity: problem.Error, Path: "spec.threads",
			Message: fmt.Sprintf("Ollama %s takes the number of threads from the CPU limit, and can be given another by a model alone", version),
			Fix:     "remove it, and set resources.limits.cpu",
		})
	}
	o.Env = env
	b.Default()
	return b, problems.Sorted()
}

// container is one of a workload of the list.
type container struct {
	item *yaml.RNode
	node *yaml.RNode
	path string // in the item
}

// shared reports whether what is to change stands in several places of its file.
func (c container) shared() bool {
	return slices.ContainsFunc([]string{"resources", "env"}, func(name string) bool {
		n := lookup(c.node, name)
		return n != nil && shared(n.YNode())
	})
}

// env are the variables whose values stand in the container.
func (c container) env() map[string]v1alpha1.EnvValue {
	env := map[string]v1alpha1.EnvValue{}
	for _, v := range elements(lookup(c.node, "env")) {
		if lookup(v, "valueFrom") == nil {
			env[scalar(v, "name")] = v1alpha1.EnvValue{Value: scalar(v, "value")}
		}
	}
	return env
}

// String names the container for messages.
func (c container) String() string {
	i := idOf(c.item)
	return i.kind + " " + i.name + ", container " + scalar(c.node, "name")
}

// findContainer is the one that the config names, or the only one with Ollama's
// image.
func findContainer(want workloadRef, namespace string, items []*yaml.RNode) (container, *problem.Problem) {
	var found, others []string
	var chosen container
	for _, item := range items {
		i := idOf(item)
		if !slices.Contains(want.Kind.Values(), i.kind) || i.namespace != "" && i.namespace != namespace {
			continue
		}
		for n, node := range elements(lookup(item, "spec", "template", "spec", "containers")) {
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
		p.Message = fmt.Sprintf("no such container with the image ollama/ollama in the namespace %s of the list, but %s", namespace, strings.Join(others, "; "))
		p.Fix = "name one with workload.name and workload.container"
	default:
		p.Message = fmt.Sprintf("no Deployment, StatefulSet or DaemonSet of the namespace %s is in the list", namespace)
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

// isOllama reports whether an image is Ollama's, from its own registry or a mirror.
func isOllama(image string) bool {
	r := repository(image)
	return r == "ollama/ollama" || strings.HasSuffix(r, "/ollama/ollama")
}
