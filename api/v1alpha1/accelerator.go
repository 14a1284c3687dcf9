package v1alpha1

// Accelerator is the graphics processor that Ollama computes on. What its memory
// holds is not counted by hearth: resources.limits.memory is the pod's own.
type Accelerator struct {
	// Type is nvidia, amd or intel. No default: choose.
	Type AcceleratorType `json:"type"`
	// Count of devices. Default 1.
	Count int `json:"count,omitempty"`
	// ResourceName that the node's device plugin offers. Defaults to
	// nvidia.com/gpu, amd.com/gpu or gpu.intel.com/i915.
	ResourceName string `json:"resourceName,omitempty"`
	// RuntimeClassName of the pod, such as nvidia on k3s. The class must exist.
	// Default: the node's default runtime.
	RuntimeClassName string `json:"runtimeClassName,omitempty"`
	// Groups that own the device files on the node, by number: those of
	// /dev/kfd and /dev/dri, which are closed to others (amd, intel).
	// Default none.
	Groups []int64 `json:"groups,omitempty"`
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
	return []string{string(AcceleratorNVIDIA), string(AcceleratorAMD), string(AcceleratorIntel)}
}

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

// rocm ends the tags of Ollama's images for AMD.
const rocm = "-rocm"
