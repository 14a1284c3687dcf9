package v1alpha1

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/sizing"
)

// Accelerator is the graphics processor that an inference server computes on.
type Accelerator struct {
	// Type is nvidia, amd or intel. No default: choose.
	Type AcceleratorType `json:"type"`
	// Count of devices. Default 1.
	Count int `json:"count,omitzero"`
	// Memory of each device, such as 24Gi. With it hearth counts how many layers
	// the devices hold; resources.limits.memory is then, by default, what stays
	// with the processor, and a model that does not fit is a warning. Leave it out
	// where the device shares the processor's memory. The pod carries it as the
	// annotation hearth.dev/accelerator-memory, for hearth vet. Default unknown:
	// the limit is for the whole model, and less than that is a warning.
	Memory Quantity `json:"memory,omitzero"`
	// ResourceName that the node's device plugin offers. Defaults to
	// nvidia.com/gpu, amd.com/gpu or gpu.intel.com/i915.
	ResourceName string `json:"resourceName,omitzero"`
	// RuntimeClassName of the pod, such as nvidia on k3s. The class must exist.
	// Default: the node's default runtime.
	RuntimeClassName string `json:"runtimeClassName,omitzero"`
	// Groups that own the device files on the node, by number: those of
	// /dev/kfd and /dev/dri, which are closed to others (amd, intel).
	// Default none.
	Groups []int64 `json:"groups,omitzero"`
}

// AcceleratorType is the maker of a graphics processor.
type AcceleratorType string

// The makers whose processors Ollama computes on.
const (
	AcceleratorNVIDIA AcceleratorType = "nvidia"
	AcceleratorAMD    AcceleratorType = "amd"
	AcceleratorIntel  AcceleratorType = "intel"
)

// Values lists the allowed makers.
func (AcceleratorType) Values() []string {
	return texts(AcceleratorNVIDIA, AcceleratorAMD, AcceleratorIntel)
}

// rocm ends the tags of Ollama's images for AMD.
const rocm = "-rocm"

// applyDefaults fills in the rest, and in the image's tag the variant that is
// built for the processor.
func (a *Accelerator) applyDefaults(image *Image) {
	fill(&a.Count, 1)
	switch a.Type {
	case AcceleratorNVIDIA:
		fill(&a.ResourceName, "nvidia.com/gpu")
	case AcceleratorAMD:
		fill(&a.ResourceName, "amd.com/gpu")
		fill(&image.Tag, OllamaVersion+rocm)
	case AcceleratorIntel:
		fill(&a.ResourceName, "gpu.intel.com/i915")
	}
}

// AcceleratorMemory is the annotation of a pod that says how much memory each of
// its devices has. Kubernetes knows their number alone.
const AcceleratorMemory = "hearth.dev/accelerator-memory"

// devices as far as their memory is said; none otherwise.
func (o *Ollama) devices() sizing.Devices {
	a := o.Accelerator
	if a == nil || a.Memory == "" || a.Memory == None || a.Memory == Auto {
		return sizing.Devices{}
	}
	d := sizing.Devices{Count: a.Count, Memory: bytesOf(a.Memory)}
	d.Overhead, _ = strconv.ParseInt(o.Env["OLLAMA_GPU_OVERHEAD"].Value, 10, 64) // 0 if it is none
	return d
}

// ROCm reports whether the image is the one for AMD, which has neither CUDA nor
// Vulkan (Ollama's Dockerfile).
func (o *Ollama) ROCm() bool { return strings.Contains(o.Image.Tag, "rocm") }

func (v validator) accelerator(server *field.Path, o *Ollama) {
	a := o.Accelerator
	if a == nil {
		return
	}
	v.device(server, a)
	if a.Type == "" {
		return
	}
	image, at := server.Child("image", "tag"), server.Child("accelerator")
	v = v.because(at.Child("type"))
	switch plain, _, _ := strings.Cut(o.Image.Tag, rocm); {
	case a.Type == AcceleratorAMD && !o.ROCm() && !sizing.LlamaServer(o.Image.Tag):
		v.warnf(image, "write "+o.Image.Tag+rocm, "%s computes by Vulkan, which Ollama calls experimental before 0.30: it has no ROCm", o.Image.Tag)
	case a.Type != AcceleratorAMD && o.ROCm():
		v.warnf(image, "write "+plain, "%s has libraries for AMD alone, and Ollama would compute on the CPU", o.Image.Tag)
	}
}

// device checks the graphics processors of a server.
func (v validator) device(server *field.Path, a *Accelerator) {
	at := server.Child("accelerator")
	v = v.because(at.Child("type"))
	if a.Type == "" {
		v.errorf(at.Child("type"), "", "missing: want nvidia, amd or intel")
		return
	}
	v.count(at.Child("count"), a.Count, 1, 64, "devices")
	if a.Memory != "" {
		v.between(at.Child("memory"), a.Memory, "512Mi", "1Ti")
	}
	v.labelKey(at.Child("resourceName"), a.ResourceName)
	if !strings.Contains(a.ResourceName, "/") {
		v.errorf(at.Child("resourceName"), "", "got %q, want the name of a device plugin's resource, such as nvidia.com/gpu", a.ResourceName)
	}
	for i, group := range a.Groups {
		if group < 1 || group > math.MaxInt32 {
			v.errorf(at.Child("groups").Index(i), "see `stat -c %g /dev/kfd` on the node", "got %d, want a group's number, 1 to 2147483647", group)
		}
	}
	v.optionalName(at.Child("runtimeClassName"), a.RuntimeClassName, "a RuntimeClass")
	if a.Type == AcceleratorNVIDIA {
		v.only(at, "NVIDIA's device files are open to every group", *a, "type", "count", "memory", "resourceName", "runtimeClassName")
	}
}

// divided warns of models that devices of a known memory do not hold.
func (v validator) divided(server *field.Path, o *Ollama, need sizing.Need) {
	if need.Device == nil {
		return
	}
	at := server.Child("accelerator", "memory")
	v = v.because(server.Child("accelerator", "count"), server.Child("accelerator", "type"))
	devices := fmt.Sprintf("a device of %s holds", o.Accelerator.Memory)
	if need.Device.Count > 1 {
		devices = fmt.Sprintf("%d devices of %s hold", need.Device.Count, o.Accelerator.Memory)
	}
	for _, m := range need.Spilled() {
		fix := "choose a smaller model (hearth size --fits lists them), a shorter contextLength"
		if o.KVCacheType == "" || o.KVCacheType == "f16" {
			fix += ", kvCacheType: q8_0"
		}
		v.warnf(at, fix+", or larger devices",
			"%s %d of the %d layers of %s: the other %s stay with the processor, which computes them many times slower",
			devices, m.Layers, m.All, m.Model, sizing.MiB(m.Spilled))
	}
	if apart := need.Device.Apart; len(apart) > 0 && len(need.Spilled()) == 0 {
		v.because(server.Child("maxLoadedModels")).warnf(at, "choose smaller models, or larger devices",
			"%s %s, and no room for %s: Ollama throws one out for the other, and loads it again", devices, strings.Join(need.Models, " and "), strings.Join(apart, " and "))
	}
}
