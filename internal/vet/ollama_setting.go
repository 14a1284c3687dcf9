package vet

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/sizing"
)

func ollamaSettingRules() []Rule {
	return []Rule{{
		ID: "ollama-setting", Severity: problem.Error, check: ollamaSetting,
		Reason: "Ollama takes a value that it cannot read for its default, one number for seconds or bytes, and leaves out a setting that another one rules out: with no more than a line in its log",
		Fix:    "write the value in the variable's own form",
		Source: "ollama v0.23.2 envconfig/config.go and llm/server.go",
	}, {
		ID: "ollama-data", Severity: problem.Error, check: ollamaData,
		Reason: "models that are not on the volume are gone with the container, and pulled again at each start",
		Fix:    "mount the volume at the folder, or set OLLAMA_MODELS to one below the mount",
		Source: "ollama v0.23.2 envconfig/config.go, Models: $HOME/.ollama/models, if OLLAMA_MODELS is not set",
	}, {
		ID: "ollama-device", Severity: problem.Warning, check: ollamaDevice,
		Reason: "Ollama computes on the CPU where its image has no library for the device, without an error: an answer takes ten times as long, and nobody else gets the device",
		Fix:    "take the image for the device: TAG-rocm for AMD, TAG for NVIDIA; for Intel Ollama 0.30 or newer",
		Source: "ollama Dockerfile: CUDA and Vulkan are in the plain image, ROCm alone in that for AMD; discover/runner.go",
	}}
}

// Forms of Ollama's variables: what strconv.ParseBool, strconv.ParseUint and
// time.ParseDuration take. A switch that none of them knows is on.
var (
	ollamaSwitches = []string{"OLLAMA_FLASH_ATTENTION", "OLLAMA_INTEL_GPU", "OLLAMA_MULTIUSER_CACHE", "OLLAMA_NEW_ENGINE", "OLLAMA_NOHISTORY", "OLLAMA_NOPRUNE", "OLLAMA_NO_CLOUD", "OLLAMA_SCHED_SPREAD", "OLLAMA_VULKAN"}
	ollamaNumbers  = []string{"OLLAMA_CONTEXT_LENGTH", "OLLAMA_GPU_OVERHEAD", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE", "OLLAMA_NUM_PARALLEL"}
	ollamaTimes    = []string{"OLLAMA_KEEP_ALIVE", "OLLAMA_LOAD_TIMEOUT"}
	cacheTypes     = []string{"f16", "f32", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"}
)

func ollamaSetting(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		if strings.Contains(c.Image, "ipex") {
			continue
		}
		for _, v := range c.Env {
			value, certain := in.said(c, v.Name)
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			if !certain || value == "" {
				continue
			}
			if wrong := misread(v.Name, value); wrong != "" {
				f := c.finding("env["+v.Name+"].value", "%s", wrong)
				f.Severity = problem.Warning // it runs
				found = append(found, f)
			}
		}
		kind, _ := in.said(c, "OLLAMA_KV_CACHE_TYPE")
		attention, certain := in.said(c, "OLLAMA_FLASH_ATTENTION")
		if on, err := strconv.ParseBool(attention); certain && err == nil && !on && kind != "" && kind != "f16" {
			f := c.finding("env[OLLAMA_KV_CACHE_TYPE].value", "%s needs flash attention, and OLLAMA_FLASH_ATTENTION is off: %s", kind, map[bool]string{
				true: "llama-server takes no model so", false: "the cache stays f16, twice as large or more"}[sizing.LlamaServer(objects.Tag(c.Image))])
			f.Fix = "set OLLAMA_FLASH_ATTENTION=1"
			found = append(found, f)
		}
		if host, certain := in.said(c, "OLLAMA_HOST"); certain && host != "" {
			found = append(found, in.listensElsewhere(c, host)...)
		}
	}
	return found
}

// misread is how Ollama takes a value in another way than somebody who writes it.
func misread(name, value string) string {
	switch {
	case slices.Contains(ollamaSwitches, name):
		if _, err := strconv.ParseBool(value); err != nil {
			return fmt.Sprintf("%q is neither true nor false, which Ollama takes for true", value)
		}
	case slices.Contains(ollamaNumbers, name):
		n, err := strconv.ParseUint(value, 10, 64)
		switch {
		case err != nil:
			return fmt.Sprintf("%q is no whole number: Ollama takes its default", value)
		case name == "OLLAMA_GPU_OVERHEAD" && n > 0 && n < 1<<20:
			return fmt.Sprintf("is in bytes: %d keeps nothing free", n)
		}
	case slices.Contains(ollamaTimes, name):
		d, err := time.ParseDuration(value)
		if n, e := strconv.ParseInt(value, 10, 64); e == nil {
			d, err = time.Duration(n)*time.Second, nil
		}
		switch {
		case err != nil:
			return fmt.Sprintf("%q is no duration such as 10m: Ollama takes its default", value)
		case name == "OLLAMA_LOAD_TIMEOUT" && d > 0 && d < time.Minute:
			return fmt.Sprintf("%s is %v: loading from a slow volume takes longer", value, d)
		}
	case name == "OLLAMA_KV_CACHE_TYPE" && !slices.Contains(cacheTypes, value):
		return fmt.Sprintf("%q is no type of cache: f16, q8_0 or q4_0", value)
	}
	return ""
}

// listensElsewhere is where Ollama listens inside its pod alone, and a Service leads
// there.
func (in *input) listensElsewhere(c container, host string) []Finding {
	address := host[strings.LastIndex(host, "/")+1:]
	name, _, _ := strings.Cut(address, ":")
	for _, s := range in.Services {
		if !slices.ContainsFunc(in.Selected(s.Namespace, objects.ServiceSelector(s)), func(i int) bool { return in.pods[i].Ref == c.pod.Ref }) {
			continue
		}
		if len(c.pod.Spec.Containers) == 1 && (name == "127.0.0.1" || name == "localhost") {
			f := c.finding("env[OLLAMA_HOST].value", "%q listens inside the pod alone, and %s leads there", host, objects.ServiceRef(s))
			f.Fix = "set OLLAMA_HOST=0.0.0.0, or remove it: the image has that"
			return []Finding{f}
		}
	}
	return nil
}

// ollamaData looks at containers with a lasting volume: one without any has said
// what it wants.
func ollamaData(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		if len(c.Command) > 0 && path.Base(c.Command[0]) != "ollama" || !officialOllama(c.Image) {
			continue // a script may set it
		}
		models, certain := in.said(c, "OLLAMA_MODELS")
		home, known := in.said(c, "HOME")
		user := c.pod.Spec.SecurityContext != nil && c.pod.Spec.SecurityContext.RunAsUser != nil && *c.pod.Spec.SecurityContext.RunAsUser != 0 ||
			c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil && *c.SecurityContext.RunAsUser != 0
		if !certain || models == "" && (!known || home == "" && user) {
			continue
		}
		folder := path.Clean(cmp.Or(models, cmp.Or(home, "/root")+"/.ollama/models"))
		if _, _, inside := c.mounted(folder); inside {
			continue
		}
		for _, m := range c.VolumeMounts {
			if path.Clean(m.MountPath) == "/.ollama" && models == "" && home == "" {
				break // OpenShift gives each pod a user of its own, whose home is /
			}
			if v := volumeNamed(c.pod, m.Name); (v.PersistentVolumeClaim != nil || v.NFS != nil) && !strings.HasPrefix(path.Clean(m.MountPath), folder+"/") {
				found = append(found, c.finding("volumeMounts["+m.Name+"].mountPath", "%s is not %s, where the models are", m.MountPath, folder))
				break
			}
		}
	}
	return found
}

func volumeNamed(p *pod, name string) corev1.Volume {
	for _, v := range p.Spec.Volumes {
		if v.Name == name {
			return v
		}
	}
	for _, o := range objects.ClaimTemplates(p.Whole) {
		if objects.Text(o, "metadata", "name") == name {
			return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}}}
		}
	}
	return corev1.Volume{}
}

// officialOllama reports whether an image is Ollama's own, or a mirror of it.
func officialOllama(image string) bool {
	return strings.HasSuffix("/"+objects.Repository(image), "/ollama/ollama")
}

func ollamaDevice(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(func(c container) bool { return ollama(c) && officialOllama(c.Image) }) {
		rocm := strings.Contains(objects.Tag(c.Image), "rocm")
		vulkan, certain := in.said(c, "OLLAMA_VULKAN")
		on, err := strconv.ParseBool(vulkan)
		on = on || !certain || vulkan != "" && err != nil || sizing.LlamaServer(objects.Tag(c.Image))
		for _, name := range devices(c) {
			maker, _, _ := strings.Cut(name, "/")
			switch {
			case maker == "nvidia.com" && rocm:
				found = append(found, c.finding("image", "%s has no CUDA for %s", c.Image, name))
			case maker == "gpu.intel.com" && rocm:
				found = append(found, c.finding("image", "%s has nothing for %s", c.Image, name))
			case maker == "amd.com" && !rocm && !on, maker == "gpu.intel.com" && !on:
				found = append(found, c.finding("image", "%s uses %s by Vulkan alone, which is off before 0.30 without OLLAMA_VULKAN=1", c.Image, name))
			}
		}
	}
	return found
}
