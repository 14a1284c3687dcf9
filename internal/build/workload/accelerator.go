package workload

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// accelerate gives Ollama's container its graphics processors. The image itself
// says what NVIDIA's runtime mounts (NVIDIA_DRIVER_CAPABILITIES), and the device
// plugin which devices are visible: NVIDIA_VISIBLE_DEVICES set here would open
// those of other pods.
func (b builder) accelerate(pod *corev1.PodSpec) {
	a := b.base.Ollama.Accelerator
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

// acceleratorEnv turns on what Ollama leaves off by itself: Intel's processors
// are reached by Vulkan, which v0.23 calls experimental.
func (b builder) acceleratorEnv() []corev1.EnvVar {
	if a := b.base.Ollama.Accelerator; a != nil && a.Type == v1alpha1.AcceleratorIntel {
		return []corev1.EnvVar{{Name: "OLLAMA_VULKAN", Value: "1"}}
	}
	return nil
}
