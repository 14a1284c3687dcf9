package v1alpha1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/sizing"
)

// Engine is an inference server for many people, or for a model that no single
// node holds: groups of pods, each with the whole model, behind the Service
// "engine". LeaderWorkerSet's controller has to be on the cluster. It speaks
// OpenAI's API, and the chat of its base asks it.
type Engine struct {
	// Type of the engine: vllm. No default: choose.
	Type EngineType `json:"type"`
	Workload
	// Model by its name at Hugging Face: Qwen/Qwen3-32B. Clients ask for it by the
	// same name.
	Model string `json:"model"`
	// ModelSize are the model's figures, of its config.json: layers is
	// num_hidden_layers, kvHeads num_key_value_heads, keyLength head_dim, embedding
	// hidden_size, feedForward intermediate_size, vocab vocab_size; disk is the sum of
	// its .safetensors files. Memory, the volume and the time to start follow.
	ModelSize *ModelSize `json:"modelSize"`
	// Nodes is how many pods share one copy of the model, 1 to 64: a pod is for a
	// node, and the group's layers are divided over them. They are spread over the
	// nodes where there are so many. Default 1.
	Nodes int `json:"nodes,omitzero"`
	// Replicas is how many groups there are, each with a copy of the model, 1 to 64.
	// Default 1.
	Replicas int `json:"replicas,omitzero"`
	// Accelerator of each pod. Its memory has to be said: what the group can hold is
	// counted by it.
	Accelerator *Accelerator `json:"accelerator"`
	// TensorParallel is over how many devices of a pod each layer is divided; it
	// divides accelerator.count and the model's heads. What devices there are besides
	// take layers of their own. Default: accelerator.count.
	TensorParallel int `json:"tensorParallel,omitzero"`
	// ContextLength in tokens, of question and answer together: memory for one
	// request of it has to be there, and what is left beyond serves further ones at
	// the same time. Default 8192, or what the model was made for.
	ContextLength int `json:"contextLength,omitzero"`
	// Pull is missing (default): each pod fetches the model from Hugging Face that its
	// volume lacks. never (default where the volume is read-only, or one for several
	// pods): the volume has it, as in huggingface/ of HF_HOME, and the NetworkPolicy
	// lets nobody out.
	Pull Pull `json:"pull,omitzero"`
	// SecretName has the key api-key, which clients of the engine send as a bearer
	// token; the chat does. Default "engine".
	SecretName string `json:"secretName,omitzero"`
}

// EngineType is the program that an engine is.
type EngineType string

// EngineVLLM is vLLM.
const EngineVLLM EngineType = "vllm"

// Values lists the engines.
func (EngineType) Values() []string { return texts(EngineVLLM) }

const (
	serviceEngine = "engine"
	// EngineGroup is the name of an engine's LeaderWorkerSet, whose controller makes a
	// headless Service of the same name.
	EngineGroup = serviceEngine + "-group"
	// EnginePort is where an engine listens: vLLM's own default.
	EnginePort = 8000
	// EngineKey is the key of an engine's Secret.
	EngineKey = "api-key"
	// EngineData is where the volume is mounted.
	EngineData     = "/data"
	vllmRepository = "vllm/vllm-openai"
	// vllmVersion is what no tag means: the newest when this was written, whose
	// arguments are those of its documentation.
	vllmVersion = "v0.33.0"
	// MostNodes is how many pods one copy of a model may be divided over.
	MostNodes = 64
)

// VLLMImage is the official image of vLLM, for NVIDIA's devices.
func VLLMImage() Image {
	return Image{Registry: "docker.io", Repository: vllmRepository, Tag: vllmVersion, PullPolicy: "IfNotPresent"}
}

// EngineName is the name of an engine's Service and its companions.
func EngineName() string { return serviceEngine }

// EngineURL is where the base's engine is in the cluster.
func (b *Base) EngineURL() string {
	return fmt.Sprintf("http://%s.%s.svc:%d/v1", serviceEngine, b.Namespace, int(b.Engine.Service.Port))
}

// Pods is how many there are of the engine, in all groups.
func (e *Engine) Pods() int { return e.Nodes * e.Replicas }

// VolumeEach reports whether each pod has a volume of its own.
func (e *Engine) VolumeEach() bool { return e.Storage.provisioned() }

// ReadOnly reports whether no pod can write to its volume.
func (e *Engine) ReadOnly() bool {
	return e.Storage.ReadOnly() || e.Pods() > 1 && !e.VolumeEach()
}

// Stages is how many parts the layers are divided into, one after another.
func (e *Engine) Stages() int { return e.Nodes * e.Accelerator.Count / max(1, e.TensorParallel) }

// StartLimit is how long a pod may take until it serves: to fetch the model, where
// it does, and to load it.
func (e *Engine) StartLimit() time.Duration {
	models := []sizing.Model{e.ModelSize.model(e.Model)}
	limit := 10*time.Minute + sizing.LoadTimeout(models)
	if e.Pull == PullMissing {
		limit += sizing.PullDeadline(models)
	}
	return limit
}

// Share is what the fullest device of a group holds.
func (e *Engine) Share() sizing.Share {
	return sizing.Spread(e.ModelSize.model(e.Model), sizing.Group{
		Stages: e.Stages(), TensorParallel: e.TensorParallel, ContextLength: e.ContextLength, Device: bytesOf(e.Accelerator.Memory),
	})
}

// applyDefaults fills in what is left out.
func (e *Engine) applyDefaults() {
	devices := 1
	if a := e.Accelerator; a != nil {
		a.applyDefaults(&Image{}) // which image is for it, the stack says
		devices = a.Count
	}
	fill(&e.Service.Port, EnginePort)
	size := Quantity("")
	if s := e.ModelSize; s != nil {
		*s = s.applyDefaults()
		size = Quantity(fmt.Sprintf("%dGi", sizing.Storage([]sizing.Model{s.model(e.Model)}).Comfortable>>30))
	}
	count := min(devices, 64)
	// A process for each device, with its driver's memory, and one that serves; the
	// weights are read from files, whose pages the kernel takes back. Assumed: no
	// machine of hearth's tests has a device.
	memory := Quantity(fmt.Sprintf("%dGi", 8+6*count))
	limits, requests := ResourceList{CPU: Quantity(strconv.Itoa(4 + 2*count)), Memory: memory}, ResourceList{CPU: "2"}
	if l := e.Resources.Limits; isChosen(l.CPU) && l.CPU != None && less(l.CPU, requests.CPU) {
		requests.CPU = l.CPU
	}
	if requests.Memory = memory; isChosen(e.Resources.Limits.Memory) {
		requests.Memory = e.Resources.Limits.Memory
	}
	e.Workload.applyDefaults(VLLMImage(), Resources{Requests: requests, Limits: limits}, size)
	fill(&e.Nodes, 1)
	fill(&e.Replicas, 1)
	fill(&e.TensorParallel, devices)
	if s := e.ModelSize; s != nil && s.ContextLimit > 0 {
		fill(&e.ContextLength, min(8192, s.ContextLimit))
	}
	fill(&e.ContextLength, 8192)
	if e.ReadOnly() {
		fill(&e.Pull, PullNever)
	}
	fill(&e.Pull, PullMissing)
	fill(&e.SecretName, serviceEngine)
}

// less reports whether an amount is below another.
func less(a, b Quantity) bool {
	x, y := a.Parsed(), b.Parsed()
	return x.Cmp(y) < 0
}

// asksEngine adds the base's engine to what its chat asks, unless it is among it.
func (b *Base) asksEngine() {
	w, e := b.OpenWebUI, b.Engine
	if w == nil || e == nil || slices.ContainsFunc(w.Backends, func(k Backend) bool {
		return LeadsTo(k.URL, b.Namespace, serviceEngine, b.Namespace)
	}) {
		return
	}
	w.Backends = append(slices.Clip(w.Backends), Backend{
		URL: b.EngineURL(), APIKey: &SecretKeyRef{Name: e.SecretName, Key: EngineKey},
		To: &Destination{Peer{PodLabels: Selector(serviceEngine)}, []Port{EnginePort}},
	})
}

// hubForm is the name of a model at Hugging Face.
var hubForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$`) // and each part at most 96 long

// engineFlags are the arguments that hearth writes, by the field that decides each.
var engineFlags = map[string]string{
	"--api-key": "engine.secretName", "--gpu-memory-utilization": "accelerator.memory", "--headless": "engine.nodes",
	"--host": "the Service", "--master-addr": "engine.nodes", "--max-model-len": "engine.contextLength", "--model": "engine.model",
	"--nnodes": "engine.nodes", "--node-rank": "engine.nodes", "--pipeline-parallel-size": "engine.nodes", "-pp": "engine.nodes",
	"--port": "the Service", "--tensor-parallel-size": "engine.tensorParallel", "-tp": "engine.tensorParallel",
}

func (v validator) engine(base *field.Path, given, b *Base) {
	e, at := b.Engine, base.Child("engine")
	v.workload(at, &given.Engine.Workload, &e.Workload, engineOwned)
	if e.Type == "" {
		v.errorf(at.Child("type"), "", "missing: want vllm")
	}
	const model = "want a model's name at Hugging Face, such as Qwen/Qwen3-32B"
	if organisation, name, _ := strings.Cut(e.Model, "/"); e.Model == "" {
		v.errorf(at.Child("model"), "", "missing: "+model)
	} else if !hubForm().MatchString(e.Model) || max(len(organisation), len(name)) > 96 {
		v.errorf(at.Child("model"), "", "got %q, "+model, e.Model)
	}
	v.count(at.Child("nodes"), e.Nodes, 1, MostNodes, "pods")
	v.count(at.Child("replicas"), e.Replicas, 1, MostReplicas, "groups")
	v.count(at.Child("contextLength"), e.ContextLength, 256, 1<<20, "tokens")
	v.name(at.Child("secretName"), e.SecretName, "a Secret")
	v.engineArgs(at, e)
	v.engineStore(at, e)
	v.engineService(at, given.Engine.Service)
	v.engineSize(at, e)
	if b.OpenWebUI == nil && b.Ollama == nil && b.Monitoring != nil {
		v.because(base.Child("openWebUI"), base.Child("ollama"), at).errorf(base.Child("monitoring"), "remove it: vLLM has metrics of its own at /metrics; or write openWebUI",
			"watches Ollama and the chat, and the base has neither")
	}
	if b.OpenWebUI == nil && b.Ollama == nil && b.Expose.Exposed() {
		v.because(base.Child("openWebUI"), at).errorf(base.Child("expose", "type"), "write internal, and openWebUI for people to come by",
			"got %s, and vLLM asks for its key on some of its paths alone: whoever reaches its port has answers without one, and can stop it", b.Expose.Type)
	}
}

// engineArgs checks what a person adds to the arguments.
func (v validator) engineArgs(at *field.Path, e *Engine) {
	if len(e.Command) > 0 && (e.Image.Repository == "" || e.Image.Repository == vllmRepository) {
		v.because(at.Child("image", "repository")).errorf(at.Child("command"), "remove it, or name another image in image.repository",
			"the official image starts the program by vllm serve, and hearth's arguments are for that")
	}
	for i, arg := range e.Args {
		flag, _, _ := strings.Cut(arg, "=")
		if decided, ours := engineFlags[flag]; ours {
			v.errorf(at.Child("args").Index(i), "remove it", "got %s, which follows from %s", flag, decided)
		}
	}
}

// engineStore checks where the weights lie.
func (v validator) engineStore(at *field.Path, e *Engine) {
	store := at.Child("storage")
	if e.Pull == PullMissing && e.ReadOnly() {
		v.because(store, at.Child("nodes"), at.Child("replicas")).errorf(at.Child("pull"), "write never, or remove it, and fill the volume by other means; or give each pod a volume, by storage.size",
			"got missing: the pods mount one volume, read-only, for it is read-only by itself or one for several")
	}
	if e.Storage.Backup != nil {
		v.errorf(store.Child("backup"), "remove it", "each pod fetches the model again where it is lost")
	}
	if r := e.Storage.Retain; r != nil && !*r && e.VolumeEach() {
		v.errorf(store.Child("retain"), "remove it, and delete the claims once nobody needs them",
			"got false: a group that restarts would lose its volumes, and fetch the model again")
	}
}

// engineService refuses a way in from outside.
func (v validator) engineService(at *field.Path, s Service) {
	service := at.Child("service")
	if s.Type != "" && s.Type != ClusterIP {
		v.errorf(service.Child("type"), "write ClusterIP; people come by the chat of the base",
			"got %s, and vLLM asks for its key on some of its paths alone: whoever reaches its port has answers without one, and can stop it", s.Type)
		return
	}
	v.because(service.Child("type")).only(service, "nobody comes from outside to an engine", s, "type", "port")
}

// engineSize checks the devices, and refuses a group that cannot hold the model.
func (v validator) engineSize(at *field.Path, e *Engine) {
	device, parallel := at.Child("accelerator"), at.Child("tensorParallel")
	if a := e.Accelerator; a == nil {
		v.errorf(device, "write such as {type: nvidia, memory: 24Gi}", "missing: the official image of vLLM computes on graphics processors alone")
	} else {
		v.device(at, a)
		if a.Memory == "" {
			v.errorf(device.Child("memory"), "write what each device has, such as 24Gi", "missing: whether the group holds the model is counted by it")
		}
		if image := e.Image.Repository; a.Type != AcceleratorNVIDIA && a.Type != "" && (image == "" || image == vllmRepository) {
			v.because(device.Child("type")).errorf(at.Child("image", "repository"), "name vLLM's image for "+string(a.Type)+", with its tag",
				"the official image is built for nvidia alone")
		}
	}
	if e.ModelSize == nil {
		v.errorf(at.Child("modelSize"), "write the figures of the model's config.json, and the size of its files as disk", "missing: memory and the volume follow from it")
	} else {
		v.modelSize(at.Child("modelSize"), *e.ModelSize)
	}
	v.count(parallel, e.TensorParallel, 1, 64, "devices")
	for _, part := range []string{"accelerator", "modelSize", "tensorParallel", "nodes", "contextLength"} {
		if v.failed(at.Child(part)) {
			return
		}
	}
	v.because(device.Child("count"), at.Child("modelSize"), at.Child("nodes"), at.Child("contextLength"), parallel).engineFits(at, e)
}

// engineFits refuses what the devices of a group cannot hold.
func (v validator) engineFits(at *field.Path, e *Engine) {
	a, m, parallel := e.Accelerator, e.ModelSize, at.Child("tensorParallel")
	switch {
	case a.Count%e.TensorParallel != 0:
		v.errorf(parallel, "write a divisor of it", "got %d, and each pod has %d devices", e.TensorParallel, a.Count)
		return
	case m.Heads%e.TensorParallel != 0:
		v.errorf(parallel, "write a divisor of it; 1 gives each device layers of its own", "got %d, and the model has %d heads", e.TensorParallel, m.Heads)
		return
	case e.Stages() > m.Layers:
		v.errorf(at.Child("nodes"), "write fewer nodes or devices", "got %d parts for the %d layers of the model", e.Stages(), m.Layers)
		return
	}
	if m.ContextLimit > 0 && e.ContextLength > m.ContextLimit {
		v.errorf(at.Child("contextLength"), fmt.Sprintf("write %d", m.ContextLimit), "got %d, and the model was made for %d: vLLM does not start", e.ContextLength, m.ContextLimit)
	}
	if s := e.Share(); s.Required > s.Usable {
		fix := "take larger devices, or a quantized model"
		for nodes := e.Nodes + 1; nodes <= MostNodes; nodes++ {
			more := *e
			if more.Nodes = nodes; more.Stages() > m.Layers {
				break
			} else if s := more.Share(); s.Required <= s.Usable {
				fix = fmt.Sprintf("write nodes: %d, or take larger devices", nodes)
				break
			}
		}
		v.errorf(at.Child("accelerator", "memory"), fix, "a device of %s cannot hold its part of %s: %s", a.Memory, e.Model, s.Sum())
	}
}
