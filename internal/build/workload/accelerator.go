package workload

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/sizing"
)

// accelerate gives the program's container its graphics processors. The image itself
// says what NVIDIA's runtime mounts (NVIDIA_DRIVER_CAPABILITIES), and the device
// plugin which devices are visible: NVIDIA_VISIBLE_DEVICES set here would open
// those of other pods.
func accelerate(pod *corev1.PodSpec, a *v1alpha1.Accelerator) {
	if a == nil {
		return
	}
	server := &pod.Containers[0]
	// A request would be filled in by the API server, the same number.
	server.Resources.Limits[corev1.ResourceName(a.ResourceName)] = *resource.NewQuantity(int64(a.Count), resource.DecimalSI)
	if a.RuntimeClassName != "" {
		pod.RuntimeClassName = &a.RuntimeClassName
	}
	pod.SecurityContext.SupplementalGroups = a.Groups
}

// acceleratorEnv turns on what Ollama leaves off by itself. Before 0.30 that is
// Vulkan, which reaches Intel's processors, and AMD's where the image is not
// the one for ROCm. From 0.30 on it is what is built into a CPU
// (filterIntegratedGPUs in discover/runner.go): the pod sees no device but
// those that it asked for.
func (b builder) acceleratorEnv() []corev1.EnvVar {
	o := b.base.Ollama
	switch {
	case o.Accelerator == nil || o.Accelerator.Type == v1alpha1.AcceleratorNVIDIA:
		return nil
	case sizing.LlamaServer(o.Image.Tag):
		return []corev1.EnvVar{{Name: "OLLAMA_IGPU_ENABLE", Value: "1"}}
	case !o.ROCm():
		return []corev1.EnvVar{{Name: "OLLAMA_VULKAN", Value: "1"}}
	}
	return nil
}

// acceleratedMeta says in the pod's metadata what its devices hold, which
// Kubernetes does not know and hearth vet asks.
func acceleratedMeta(meta metav1.ObjectMeta, a *v1alpha1.Accelerator) metav1.ObjectMeta {
	if a != nil && a.Memory != "" {
		metav1.SetMetaDataAnnotation(&meta, v1alpha1.AcceleratorMemory, string(a.Memory))
	}
	return meta
}
