package v1alpha1

import (
	"cmp"
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// Ollama is the inference server: a Deployment with one pod and a volume of
// models, behind the Service "ollama"; or several pods, by replicas.
type Ollama struct {
	// Name of its Service, and of its Deployment, container, claim and policies: a
	// DNS label that begins with a letter, of at most 46 characters. It tells
	// several Ollamas of one namespace apart, each in a base of its own. An overlay
	// cannot change it: a claim cannot be renamed. Default ollama.
	Name string `json:"name,omitzero"`
	Workload
	// Replicas is how many Ollamas stand behind the one Service, 1 to 64. Each is a
	// pod with resources of its own and a volume of storage.size of its own, to which
	// it pulls every model; from two on they are a StatefulSet's, spread over the
	// nodes, and one at a time gives way to maintenance. A volume that is there
	// already (existingClaim, nfs, image) is one for all of them, which mount it
	// read-only: its claim has to be ReadWriteMany or ReadOnlyMany. From 1 to more,
	// or back, the models move to other volumes, which begin empty; an overlay may
	// have another number than its base. Default 1.
	Replicas int `json:"replicas,omitzero"`
	// Models to hold, as for `ollama pull`: llama3.2:3b, or with a registry's
	// host; hf.co/ORGANISATION/REPOSITORY:QUANTIZATION is a GGUF file of Hugging
	// Face's. At least one, unless there is a largestModel, or a custom model of a
	// file.
	Models []string `json:"models,omitzero"`
	// LargestModel is the size on disk of the largest model that people pull for
	// themselves, from the chat's page or with `ollama pull`: 5Gi. Memory follows
	// from it, as from one more model of text alone; storage.size has to be
	// written, for how many they pull nobody knows. Default: none but those of
	// models.
	LargestModel Quantity `json:"largestModel,omitzero"`
	// Pull is missing (default): an init container fetches the models that the
	// volume lacks. never (default where the volume is read-only, or one for several
	// replicas): the volume is filled by other means, and the NetworkPolicy lets
	// nobody pull.
	Pull Pull `json:"pull,omitzero"`
	// ModelsFolder is the folder of the volume that has Ollama's blobs/ and
	// manifests/ (OLLAMA_MODELS). Default models, as a volume has it that was
	// mounted at /root/.ollama of the upstream image; "." is the volume's root.
	// Where it has no blobs/ and another folder of the volume has, the init
	// container says so and pulls nothing.
	ModelsFolder string `json:"modelsFolder,omitzero"`
	// CustomModels are made of others, or of GGUF files of the volume, with
	// parameters, a system prompt, a template or an adapter of their own. Default
	// none.
	CustomModels []CustomModel `json:"customModels,omitzero"`
	// ContextLength in tokens (OLLAMA_CONTEXT_LENGTH). Default: Ollama's own, 4096.
	ContextLength int `json:"contextLength,omitzero"`
	// NumParallel requests per loaded model (OLLAMA_NUM_PARALLEL); each has a
	// context of its own in memory. Default 1.
	NumParallel int `json:"numParallel,omitzero"`
	// MaxLoadedModels at the same time (OLLAMA_MAX_LOADED_MODELS). Default 1,
	// since the memory limit is one for all of them; 2 beside a chat that embeds
	// with this Ollama: else each search in a document throws the chat's model
	// out of memory.
	MaxLoadedModels int `json:"maxLoadedModels,omitzero"`
	// KeepAlive is how long a model stays in memory after an answer
	// (OLLAMA_KEEP_ALIVE): a duration, or -1 for ever. Default: Ollama's own, 5m.
	KeepAlive KeepAlive `json:"keepAlive,omitzero"`
	// KVCacheType is f16 (Ollama's default), q8_0 or q4_0: half or a quarter of
	// the cache's memory, with flash attention on (OLLAMA_KV_CACHE_TYPE).
	KVCacheType KVCacheType `json:"kvCacheType,omitzero"`
	// Accelerator to compute on. Default none, the CPU. The nodes that have one
	// are chosen by nodeSelector and tolerations, as for every pod.
	Accelerator *Accelerator `json:"accelerator,omitzero"`
	// Threads that compute an answer: auto (default), as many as the CPU limit
	// has whole cores, or a number. Ollama 0.13 to 0.29 can be told a number by a
	// model alone: the init container makes a copy of each with the number in its
	// name, llama3.2:3b-t4, which shares the weights and stands beside the other.
	Threads Threads `json:"threads,omitzero"`
	// PromptCache of each loaded model (LLAMA_ARG_CACHE_RAM), from Ollama 0.30
	// on: memory that keeps earlier prompts, or none. Default 512Mi.
	PromptCache Quantity `json:"promptCache,omitzero"`
	// LoadTimeout is how long the loading of a model may stall
	// (OLLAMA_LOAD_TIMEOUT). Default: 5m, or what the largest model takes from a
	// volume of 10 MB/s.
	LoadTimeout Duration `json:"loadTimeout,omitzero"`
	// Node is the size of the nodes that the pod may run on, what a pod can have
	// of it: it refuses what fits on none of them. Default: unknown.
	Node *Node `json:"node,omitzero"`
	// ModelSizes are the figures of models that hearth does not know, by their
	// name in models. `hearth size --from-registry NAME` prints them, and
	// `hearth size FILE.gguf`.
	ModelSizes map[string]ModelSize `json:"modelSizes,omitzero"`
	// ModelDigests pin models by their name in models: sha256: and 64 hexadecimal
	// digits, of the manifest that the registry keeps. Ollama names a model by it:
	// `ollama list` prints the first twelve. The init container pulls a model again
	// whose digest is another, and fails where it stays another, so that no pod
	// serves it. `hearth lock --models` asks for them. A tag that has moved cannot
	// be pulled by its old digest: keep a copy in a registry of your own. Not for
	// Hugging Face's models, nor where pull is never. Default: whatever the tag is.
	ModelDigests map[string]string `json:"modelDigests,omitzero"`
}

// applyDefaults fills in what is left out, but for what follows from the models.
func (o *Ollama) applyDefaults() {
	if o.Accelerator != nil {
		o.Accelerator.applyDefaults(&o.Image)
	}
	fill(&o.Service.Port, OllamaPort)
	// The reference system's cores: a 3B model at about 13 tokens/s. Memory and
	// volume follow from the models.
	o.Workload.applyDefaults(OllamaImage(), Resources{
		Requests: ResourceList{CPU: "1"},
		Limits:   ResourceList{CPU: "4"},
	}, "")
	fill(&o.Name, serviceOllama)
	fill(&o.Threads, ThreadsAuto)
	if o.PromptCache == Auto {
		o.PromptCache = ""
	}
	if sizing.LlamaServer(o.Image.Tag) {
		fill(&o.PromptCache, "512Mi")
	}
	fill(&o.Replicas, 1)
	if o.ReadOnly() {
		fill(&o.Pull, PullNever)
	}
	fill(&o.Pull, PullMissing)
	fill(&o.ModelsFolder, ModelsFolder)
	fill(&o.ContextLength, 4096) // Ollama's own default without a GPU
	fill(&o.NumParallel, 1)
	fill(&o.MaxLoadedModels, 1)
	fill(&o.KeepAlive, "5m") // Ollama's own default
}

// Node is what pods can have of a node (`kubectl describe node`, Allocatable).
type Node struct {
	// CPU in cores that pods can have of the node: 4, 7910m. Default: unknown.
	CPU Quantity `json:"cpu,omitzero"`
	// Memory that pods can have of the node: 15Gi. Default: unknown.
	Memory Quantity `json:"memory,omitzero"`
}

// Pull says who fetches models.
type Pull string

// The ways models get onto the volume.
const (
	PullMissing Pull = "missing"
	PullNever   Pull = "never"
)

// Values lists the allowed ways.
func (Pull) Values() []string { return texts(PullMissing, PullNever) }

// KVCacheType is the number format of the key-value cache.
type KVCacheType string

// Values lists the formats that Ollama knows.
func (KVCacheType) Values() []string { return []string{"f16", "q8_0", "q4_0"} }

// OllamaVersion is the version of Ollama that no tag means.
const OllamaVersion = versions.DefaultOllama

// OllamaImage is the official image of Ollama.
func OllamaImage() Image {
	return Image{Registry: "docker.io", Repository: versions.Ollama.Image, Tag: OllamaVersion, PullPolicy: "IfNotPresent"}
}

// modelForm is Ollama's grammar of names, from types/model/name.go: an optional
// host, an optional namespace, the model and an optional tag. Lengths are left
// to parseModel: counted in an expression they take most of a millisecond to
// compile, at the start of every program that links this package.
var modelForm = lazyregexp.New(`^(?:(?:([A-Za-z0-9_][A-Za-z0-9_.:-]*)/)?([A-Za-z0-9_][A-Za-z0-9_-]*)/)?([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?$`)

// parseModel takes a model's name apart: the whole, host, namespace, model and
// tag; nil if it is none.
func parseModel(name string) []string {
	m := modelForm().FindStringSubmatch(name)
	if m == nil || len(m[1]) > 350 || max(len(m[2]), len(m[3]), len(m[4])) > 80 {
		return nil
	}
	return m
}

var (
	// hostOnly is a name whose namespace is missing: Ollama takes the host for one.
	hostOnly = lazyregexp.New(`^[^/]*[.:][^/]*/[^/]+$`)
	// cloudTag marks a model that Ollama's own servers run.
	cloudTag = lazyregexp.New(`:([^:/]*-)?cloud$`)
)

func (v validator) ollama(base *field.Path, given, b *Base) {
	o, at := b.Ollama, base.Child("ollama")
	v.workload(at, &given.Ollama.Workload, &o.Workload, ollamaOwned)
	v.command(at, &o.Workload)
	v.ollamaName(at, o)
	v.service(at, ProgramOllama, given.Ollama.Service, &o.Workload)
	tag := at.Child("image", "tag")
	v.version(tag, o.Image, &versions.Ollama)
	official := o.Image.Repository == "" || o.Image.Repository == OllamaImage().Repository
	if bare, ok := strings.CutPrefix(o.Image.Tag, "v"); ok && official && len(bare) > 0 && bare[0] >= '0' && bare[0] <= '9' {
		v.warnf(tag, "write "+bare, "got %q, and there is no such image: the tags of Ollama's have no v in front", o.Image.Tag)
	}
	v.ollamaEnv(at, o)
	v.models(at, o)
	v.modelStore(at, o)
	v.replicas(at, o)
	v.customModels(at, b)
	v.modelDigests(at, b)
	v.accelerator(at, o)
	v.count(at.Child("contextLength"), o.ContextLength, 256, 1<<20, "tokens")
	v.count(at.Child("numParallel"), o.NumParallel, 1, MostParallel, "requests")
	v.count(at.Child("maxLoadedModels"), o.MaxLoadedModels, 1, 32, "models")
}

func (v validator) models(at *field.Path, o *Ollama) {
	list := at.Child("models")
	if len(o.Models) == 0 && o.LargestModel == "" && len(o.fileModels()) == 0 {
		v.because(at.Child("largestModel")).errorf(list, "name at least one, such as llama3.2:3b; or write largestModel: 5Gi, for models that people pull", "missing: want the models to hold")
	}
	if o.LargestModel != "" {
		v.between(at.Child("largestModel"), o.LargestModel, "10Mi", "512Gi")
	}
	first := map[string]int{}
	for i, name := range o.Models {
		m := v.modelName(list.Index(i), name, at, o)
		if m == nil {
			continue
		}
		full := fullModelName(m)
		if j, again := first[full]; again {
			v.errorf(list.Index(i), "remove one of them", "%q is the same model as ollama.models[%d], %q", name, j, o.Models[j])
		} else {
			first[full] = i
		}
	}
}

// modelName checks the name of a model that is pulled into the Ollama at server,
// and takes it apart; nil if it is none.
func (v validator) modelName(at *field.Path, name string, server *field.Path, o *Ollama) []string {
	m := parseModel(name)
	switch {
	case strings.Contains(name, "://"):
		v.errorf(at, "write the host alone; a registry with a private certificate needs caBundle", "got %q, want a name without a scheme", name)
	case strings.Contains(name, "@"):
		v.errorf(at, "name a tag", "got %q: Ollama cannot pull by digest (ollama#6886)", name)
	case cloudTag().MatchString(name):
		v.errorf(at, "name a model that runs here", "%q runs in Ollama's cloud, and prompts must not leave the cluster", name)
	case m == nil && hostOnly().MatchString(name):
		v.errorf(at, "write the namespace too, often library: HOST/library/MODEL", "got %q: after a registry's host Ollama wants a namespace and a model", name)
	case m == nil:
		v.errorf(at, "", "got %q, want a model as for `ollama pull`, such as llama3.2:3b or registry.example.org/team/model:tag", name)
	default:
		v.because(server.Child("allowTo"), server.Child("pull")).modelHost(at, m[1], o)
		return m
	}
	return nil
}

// modelHost refuses a registry that the pod cannot get at.
func (v validator) modelHost(at *field.Path, registry string, o *Ollama) {
	host, port, hasPort := strings.Cut(registry, ":")
	addr, _ := netip.ParseAddr(host)
	switch {
	case registry == "":
	case hasPort && new(Port).UnmarshalText([]byte(port)) != nil:
		v.errorf(at, "", "got the registry %q, want a host with a port from 1 to 65535", registry)
	case host == "localhost" || addr.IsLoopback():
		v.errorf(at, "write the registry's name in the cluster or its address", "got the registry %q, which is the pod itself", registry)
	case o.Pull == PullMissing && len(o.AllowTo) == 0 && !reachable(host, port):
		v.errorf(at, "name the registry's namespace, or its cidrs, and its port in ollama.allowTo",
			"the NetworkPolicy lets the pod out to public addresses only, at ports 80 and 443, and the registry is %s", registry)
	}
}

// fullModelName is the name with Ollama's defaults: two spellings of one model
// are equal.
func fullModelName(m []string) string {
	host, namespace, tag := modelDefaults(m)
	return strings.ToLower(host + "/" + namespace + "/" + m[3] + ":" + tag)
}

func modelDefaults(m []string) (host, namespace, tag string) {
	return cmp.Or(m[1], "registry.ollama.ai"), cmp.Or(m[2], "library"), cmp.Or(m[4], "latest")
}
