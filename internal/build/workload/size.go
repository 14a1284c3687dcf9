package workload

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Sized is what an Ollama container gets for its models.
type Sized struct {
	// Resources are the container's CPU and memory.
	Resources corev1.ResourceRequirements
	// Env are the variables that the sizes hold for, in order.
	Env []corev1.EnvVar
	// Volume in bytes; 0 if none was asked for.
	Volume int64
}

// SizedVariables are the names that Sized.Env may have. One that is not among
// Env must not be set: the sizes would not hold.
func SizedVariables() []string {
	return []string{
		"LLAMA_ARG_CACHE_RAM", "LLAMA_ARG_THREADS", "OLLAMA_CONTEXT_LENGTH", "OLLAMA_FLASH_ATTENTION", "OLLAMA_KV_CACHE_TYPE",
		"OLLAMA_LOAD_TIMEOUT", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_NUM_PARALLEL",
	}
}

// Sizes returns what the base's Ollama container has in a Stack, as far as it
// follows from the models.
func Sizes(b *v1alpha1.Base) Sized {
	s := Sized{Resources: resources(b.Ollama.Resources)}
	ours := map[string]bool{}
	for _, name := range SizedVariables() {
		ours[name] = true
	}
	for _, v := range (builder{base: b}).ollamaEnv() {
		if ours[v.Name] {
			s.Env = append(s.Env, v)
		}
	}
	if size := b.Ollama.Storage.Size; size != "" {
		q := size.Parsed()
		s.Volume = q.Value()
	}
	return s
}
