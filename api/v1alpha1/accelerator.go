package v1alpha1

import (
	"math"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/sizing"
)

// Accelerator is the graphics processor that Ollama computes on. hearth does not
// know how much its memory holds: resources.limits.memory is the pod's own, by
// default for the whole model, and less than that is a warning.
type Accelerator struct {
	// Type is nvidia, amd or intel. No default: choose.
	Type AcceleratorType `json:"type"`
	// Count of devices. Default 1.
	Count int `json:"count,omitzero"`
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

// ROCm reports whether the image is the one for AMD, which has neither CUDA nor
// Vulkan (Ollama's Dockerfile).
func (o *Ollama) ROCm() bool { return strings.Contains(o.Image.Tag, "rocm") }

func (v validator) accelerator(at *field.Path, o *Ollama) {
	a := o.Accelerator
	if a == nil {
		return
	}
	image := at.Child("image", "tag")
	at = at.Child("accelerator")
	v = v.because(at.Child("type"))
	if a.Type == "" {
		v.errorf(at.Child("type"), "", "missing: want nvidia, amd or intel")
		return
	}
	v.count(at.Child("count"), a.Count, 1, 64, "devices")
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
	switch plain, _, _ := strings.Cut(o.Image.Tag, rocm); {
	case a.Type == AcceleratorAMD && !o.ROCm() && !sizing.LlamaServer(o.Image.Tag):
		v.warnf(image, "write "+o.Image.Tag+rocm, "%s computes by Vulkan, which Ollama calls experimental before 0.30: it has no ROCm", o.Image.Tag)
	case a.Type != AcceleratorAMD && o.ROCm():
		v.warnf(image, "write "+plain, "%s has libraries for AMD alone, and Ollama would compute on the CPU", o.Image.Tag)
	}
	if a.Type == AcceleratorNVIDIA {
		v.only(at, "NVIDIA's device files are open to every group", *a, "type", "count", "resourceName", "runtimeClassName")
	}
}
