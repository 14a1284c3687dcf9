package v1alpha1

import (
	"fmt"
	"path"
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
	// Type of the engine: vllm, or llamaCpp, which is experimental: llama.cpp divides a
	// model over the processors of several pods by its RPC backend, which its authors
	// call fragile and insecure: it asks nobody who it is, and only the pods of the
	// engine reach it. No default: choose.
	Type EngineType `json:"type"`
	Workload
	// Model by its name at Hugging Face: Qwen/Qwen3-32B (vllm); or the path of its GGUF
	// file on the volume, of the first one if there are several (llamaCpp). Clients ask
	// for it by the same name.
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
	// counted by it. llamaCpp computes on processors, and has none: the memory of its
	// pods follows from the model.
	Accelerator *Accelerator `json:"accelerator,omitzero"`
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
	// lets nobody out; of llamaCpp always.
	Pull Pull `json:"pull,omitzero"`
	// SecretName has the key api-key, which clients of the engine send as a bearer
	// token; the chat does. Default "engine".
	SecretName string `json:"secretName,omitzero"`
}

// EngineType is the program that an engine is.
type EngineType string

// The engines.
const (
	EngineVLLM     EngineType = "vllm"
	EngineLlamaCpp EngineType = "llamaCpp"
)

// Values lists the engines.
func (EngineType) Values() []string { return texts(EngineVLLM, EngineLlamaCpp) }

const (
	serviceEngine = "engine"
	// EngineGroup is the name of an engine's LeaderWorkerSet, whose controller makes a
	// headless Service of the same name.
	EngineGroup = serviceEngine + "-group"
	// EnginePort is where an engine listens: vLLM's own default.
	EnginePort = 8000
	// EngineKey is the key of an engine's Secret.
	EngineKey = "api-key"
	// EngineRPCPort is where a worker of llama.cpp listens: its own default.
	EngineRPCPort = 50052
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

// LlamaCpp reports whether the engine is llama.cpp.
func (e *Engine) LlamaCpp() bool { return e.Type == EngineLlamaCpp }

// Title is what people call the program.
func (e *Engine) Title() string {
	if e.LlamaCpp() {
		return "llama.cpp"
	}
	return "vLLM"
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
func (e *Engine) Stages() int {
	if e.LlamaCpp() {
		return e.Nodes
	}
	return e.Nodes * e.Accelerator.Count / max(1, e.TensorParallel)
}

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

// Share is what the fullest device of a group holds, or its fullest pod.
func (e *Engine) Share() sizing.Share {
	group := sizing.Group{LlamaCpp: e.LlamaCpp(), Stages: e.Stages(), TensorParallel: e.TensorParallel, ContextLength: e.ContextLength}
	switch {
	case !e.LlamaCpp():
		group.Device = bytesOf(e.Accelerator.Memory)
	case isChosen(e.Resources.Limits.Memory):
		group.Device = bytesOf(e.Resources.Limits.Memory)
	}
	return sizing.Spread(e.ModelSize.model(e.Model), group)
}

// applyDefaults fills in what is left out.
func (e *Engine) applyDefaults() {
	devices := 1
	if a := e.Accelerator; a != nil {
		a.applyDefaults(&Image{}) // which image is for it, the stack says
		devices = a.Count
	}
	fill(&e.Service.Port, EnginePort)
	fill(&e.Nodes, 1)
	fill(&e.Replicas, 1)
	size := Quantity("")
	if s := e.ModelSize; s != nil {
		*s = s.applyDefaults()
		size = Quantity(fmt.Sprintf("%dGi", sizing.Storage([]sizing.Model{s.model(e.Model)}).Comfortable>>30))
	}
	if s := e.ModelSize; s != nil && s.ContextLimit > 0 {
		fill(&e.ContextLength, min(8192, s.ContextLimit))
	}
	fill(&e.ContextLength, 8192)
	count := min(devices, 64)
	// A process for each device, with its driver's memory, and one that serves; the
	// weights are read from files, whose pages the kernel takes back. Assumed: no
	// machine of hearth's tests has a device.
	memory, image := Quantity(fmt.Sprintf("%dGi", 8+6*count)), VLLMImage()
	if e.LlamaCpp() {
		count, memory, image = 0, e.podMemory(), Image{PullPolicy: "IfNotPresent"}
		e.Pull = PullNever
	}
	limits, requests := ResourceList{CPU: Quantity(strconv.Itoa(4 + 2*count)), Memory: memory}, ResourceList{CPU: "2"}
	if l := e.Resources.Limits; isChosen(l.CPU) && l.CPU != None && less(l.CPU, requests.CPU) {
		requests.CPU = l.CPU
	}
	if requests.Memory = memory; isChosen(e.Resources.Limits.Memory) {
		requests.Memory = e.Resources.Limits.Memory
	}
	e.Workload.applyDefaults(image, Resources{Requests: requests, Limits: limits}, size)
	if !e.LlamaCpp() {
		fill(&e.TensorParallel, devices)
	}
	if e.ReadOnly() {
		fill(&e.Pull, PullNever)
	}
	fill(&e.Pull, PullMissing)
	fill(&e.SecretName, serviceEngine)
}

// podMemory is what a pod of llama.cpp's needs, if that is known.
func (e *Engine) podMemory() Quantity {
	if e.ModelSize == nil {
		return "1Gi"
	}
	const step = 64 << 20
	return mebibytes((e.Share().Required + step - 1) / step * step)
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

// engineFlags are the arguments that hearth writes, by the engine, with the field
// that decides each.
var engineFlags = map[EngineType]map[string]string{
	EngineVLLM: {
		"--api-key": "engine.secretName", "--gpu-memory-utilization": "accelerator.memory", "--headless": "engine.nodes",
		"--host": "the Service", "--master-addr": "engine.nodes", "--max-model-len": "engine.contextLength", "--model": "engine.model",
		"--nnodes": "engine.nodes", "--node-rank": "engine.nodes", "--pipeline-parallel-size": "engine.nodes", "-pp": "engine.nodes",
		"--port": "the Service", "--tensor-parallel-size": "engine.tensorParallel", "-tp": "engine.tensorParallel",
	},
	EngineLlamaCpp: {
		"--model": "engine.model", "-m": "engine.model", "--alias": "engine.model", "-a": "engine.model", "--host": "the Service", "--port": "the Service", "--no-mmap": "resources.limits.memory", "--mmap": "resources.limits.memory",
		"--cache-ram": "resources.limits.memory", "-cram": "resources.limits.memory",
		"--ctx-checkpoints": "resources.limits.memory", "-ctxcp": "resources.limits.memory", "--swa-checkpoints": "resources.limits.memory",
		"--api-key": "engine.secretName", "--api-key-file": "engine.secretName", "--ctx-size": "engine.contextLength", "-c": "engine.contextLength",
		"--parallel": "engine.contextLength", "-np": "engine.contextLength", "--rpc": "engine.nodes", "--tensor-split": "engine.nodes", "-ts": "engine.nodes",
		"--gpu-layers": "engine.nodes", "--n-gpu-layers": "engine.nodes", "-ngl": "engine.nodes", "--threads": "resources.limits.cpu", "-t": "resources.limits.cpu",
	},
}

func (v validator) engine(base *field.Path, given, b *Base) {
	e, at := b.Engine, base.Child("engine")
	owned, metrics := vllmOwned, "vLLM has metrics of its own at /metrics"
	if e.LlamaCpp() {
		owned, metrics = llamaCppOwned, "llama.cpp has metrics of its own at /metrics, with --metrics in engine.args"
	}
	v.workload(at, &given.Engine.Workload, &e.Workload, owned)
	if e.Type == "" {
		v.errorf(at.Child("type"), "", "missing: want vllm or llamaCpp")
	}
	v.count(at.Child("nodes"), e.Nodes, 1, MostNodes, "pods")
	v.count(at.Child("replicas"), e.Replicas, 1, MostReplicas, "groups")
	v.count(at.Child("contextLength"), e.ContextLength, 256, 1<<20, "tokens")
	v.name(at.Child("secretName"), e.SecretName, "a Secret")
	v.engineArgs(at, e)
	v.engineStore(at, e)
	v.engineService(at, given.Engine.Service, e)
	if !v.failed(at.Child("type")) { // what else it needs follows from it
		v.engineModel(at, e)
		if e.LlamaCpp() {
			v.llamaCpp(at, given.Engine, e)
		} else {
			v.engineSize(at, e)
		}
	}
	if b.OpenWebUI == nil && b.Ollama == nil && b.Monitoring != nil {
		v.because(base.Child("openWebUI"), base.Child("ollama"), at).errorf(base.Child("monitoring"), "remove it: "+metrics+"; or write openWebUI",
			"watches Ollama and the chat, and the base has neither")
	}
	if b.OpenWebUI == nil && b.Ollama == nil && b.Expose.Exposed() {
		v.because(base.Child("openWebUI"), at).errorf(base.Child("expose", "type"), "write internal, and openWebUI for people to come by",
			"got %s, and %s", b.Expose.Type, e.door())
	}
}

// engineModel checks the model's name: at Hugging Face, or of a file on the volume.
func (v validator) engineModel(at *field.Path, e *Engine) {
	want := "want a model's name at Hugging Face, such as Qwen/Qwen3-32B"
	organisation, name, _ := strings.Cut(e.Model, "/")
	fine := hubForm().MatchString(e.Model) && max(len(organisation), len(name)) <= 96
	if e.LlamaCpp() {
		v = v.because(at.Child("type"))
		want = "want the path of a GGUF file on the volume, such as qwen3/Qwen3-32B-Q4_K_M.gguf"
		fine = strings.HasSuffix(e.Model, ".gguf") && folderForm().MatchString(e.Model) && path.Clean(e.Model) == e.Model
	}
	switch {
	case e.Model == "":
		v.errorf(at.Child("model"), "", "missing: %s", want)
	case !fine:
		v.errorf(at.Child("model"), "", "got %q, %s", e.Model, want)
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
		if decided, ours := engineFlags[e.Type][flag]; ours {
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

// door is why nobody comes from outside.
func (e *Engine) door() string {
	if e.LlamaCpp() {
		return "llama.cpp in groups is an experiment: its server has a key, and is made for no strangers"
	}
	return "vLLM asks for its key on some of its paths alone: whoever reaches its port has answers without one, and can stop it"
}

// engineService refuses a way in from outside.
func (v validator) engineService(at *field.Path, s Service, e *Engine) {
	service := at.Child("service")
	if s.Type != "" && s.Type != ClusterIP {
		v.errorf(service.Child("type"), "write ClusterIP; people come by the chat of the base",
			"got %s, and %s", s.Type, e.door())
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

// llamaCpp checks what is llama.cpp's alone.
func (v validator) llamaCpp(at *field.Path, given, e *Engine) {
	v = v.because(at.Child("type"))
	if e.Image.Repository == "" {
		v.errorf(at.Child("image"), "name an image that has llama-server and ggml-rpc-server, built with -DGGML_RPC=ON",
			"missing: llama.cpp's own images are built without its RPC backend")
	}
	if len(e.Command) > 0 {
		v.errorf(at.Child("command"), "remove it", "the pods of a group have two commands, and hearth writes them")
	}
	if given.Accelerator != nil {
		v.errorf(at.Child("accelerator"), "remove it; or write type: vllm", "hearth divides llama.cpp over processors alone")
	}
	if given.TensorParallel != 0 {
		v.errorf(at.Child("tensorParallel"), "remove it", "llama.cpp divides whole layers over the pods")
	}
	if given.Pull == PullMissing {
		v.errorf(at.Child("pull"), "remove it, and put the file on the volume", "got missing: llama.cpp's pods fetch nothing")
	}
	if e.VolumeEach() {
		v.because(at.Child("storage")).errorf(at.Child("storage"), "write storage.existingClaim, nfs or image",
			"missing: llama.cpp reads its model from a volume that has it")
	}
	if e.ModelSize == nil {
		v.errorf(at.Child("modelSize"), "write the figures of the file, as `hearth size FILE.gguf` prints them", "missing: memory follows from it")
		return
	}
	v.modelSize(at.Child("modelSize"), *e.ModelSize)
	for _, part := range []string{"modelSize", "nodes", "contextLength"} {
		if v.failed(at.Child(part)) {
			return
		}
	}
	if m := e.ModelSize; e.Nodes > m.Layers {
		v.because(at.Child("modelSize")).errorf(at.Child("nodes"), "write fewer", "got %d pods for the %d layers of the model", e.Nodes, m.Layers)
		return
	}
	limit := at.Child("resources", "limits", "memory")
	if s := e.Share(); isChosen(given.Resources.Limits.Memory) && !v.failed(limit) && s.Required > s.Usable {
		v.because(at.Child("modelSize"), at.Child("nodes"), at.Child("contextLength")).errorf(limit, "remove it: it follows from the model; or write more nodes",
			"got %s, and a pod of %d cannot hold its part of %s: %s", given.Resources.Limits.Memory, e.Nodes, e.Model, s.Sum())
	}
}
