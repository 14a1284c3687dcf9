package vet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/sizing"
)

// pulled finds the models that a script pulls.
var pulled = lazyregexp.New(`\bollama (?:pull|run) +([A-Za-z0-9][A-Za-z0-9._/:-]*)`)

// models that the pod's containers name, as far as the stack or else the
// catalogue has their figures.
func (in *input) models(p *pod) []sizing.Model {
	var found []sizing.Model
	own := in.facts.Models[p.Ref.Namespace]
	add := func(name string) {
		m, known := sizing.Lookup(name)
		if i := slices.IndexFunc(own, func(m sizing.Model) bool { return m.Name == name }); i >= 0 {
			m, known = own[i], true
		}
		if known && !slices.ContainsFunc(found, func(other sizing.Model) bool { return other.Name == m.Name }) {
			found = append(found, m)
		}
	}
	for _, c := range p.containers() {
		for _, arg := range c.Args {
			add(arg)
		}
		text := strings.Join(append(slices.Clone(c.Command), c.Args...), " ")
		if l := c.Lifecycle; l != nil && l.PostStart != nil && l.PostStart.Exec != nil {
			text += " " + strings.Join(l.PostStart.Exec.Command, " ")
		}
		for _, m := range pulled().FindAllStringSubmatch(text, -1) {
			add(m[1])
		}
	}
	return found
}

// settings of a server, from its environment and its image.
func settings(c container) sizing.Settings {
	number := func(name string) int {
		value, _ := c.env(name)
		n, err := strconv.Atoi(value)
		if err != nil {
			return 0
		}
		return n
	}
	kv, _ := c.env("OLLAMA_KV_CACHE_TYPE")
	cache := int64(number("LLAMA_ARG_CACHE_RAM")) << 20
	if value, set := c.env("LLAMA_ARG_CACHE_RAM"); set && value == "0" {
		cache = -1
	}
	s := sizing.Settings{
		PromptCache: cache, Devices: acceleratorMemory(c),
		ContextLength: number("OLLAMA_CONTEXT_LENGTH"), NumParallel: number("OLLAMA_NUM_PARALLEL"),
		MaxLoadedModels: number("OLLAMA_MAX_LOADED_MODELS"), KVCacheType: kv, Version: objects.Tag(c.Image),
	}
	v1alpha1.CountLlama(&s, c.env)
	return s
}

func ollamaMemory(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		limit, set := c.Resources.Limits["memory"]
		known := in.models(c.pod)
		if !set || len(known) == 0 {
			continue
		}
		need := sizing.Memory(known, settings(c))
		switch least := need.Least(len(devices(c)) > 0); {
		case limit.Value() >= need.Required, limit.Value() >= least && need.Device != nil:
		case limit.Value() >= least:
			f := c.finding("resources.limits.memory", "%s is enough for %s only if the device holds the rest of %s",
				limit.String(), strings.Join(need.Models, " and "), need.Sum())
			f.Severity, f.Fix = problem.Warning, fmt.Sprintf("write %s, which is enough whatever the device holds, or its memory as the pod's annotation %s",
				sizing.MiB(need.Limit), v1alpha1.AcceleratorMemory)
			found = append(found, f)
		default:
			f := c.finding("resources.limits.memory", "%s is less than the %s that %s needs: %s",
				limit.String(), sizing.MiB(need.Required), strings.Join(need.Models, " and "), need.Sum())
			if need.Device != nil {
				f.Message += "; the device holds " + need.DeviceSum()
			}
			f.Fix = fmt.Sprintf("write %s, or name a smaller model", sizing.MiB(need.Limit))
			found = append(found, f)
		}
	}
	return found
}

// ollamaVolume looks at the one claim that a server mounts: of several nobody
// knows which has the models.
func ollamaVolume(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		known := in.models(c.pod)
		var claims []corev1.PersistentVolumeClaim
		for _, m := range c.VolumeMounts {
			if claim, ok := in.claim(c.pod, m.Name); ok {
				claims = append(claims, claim)
			}
		}
		if len(known) == 0 || len(claims) != 1 {
			continue
		}
		size, set := claims[0].Spec.Resources.Requests["storage"]
		if need := sizing.Storage(known); set && size.Value() < need.Minimum {
			f := c.finding("volumeMounts", "the volume %s has %s, the models need %s", claims[0].Name, size.String(), sizing.MiB(need.Minimum))
			f.Fix = "ask for " + sizing.MiB(need.Comfortable) + ", or name fewer models"
			found = append(found, f)
		}
	}
	return found
}

// devices are the resources that the container asks a device plugin for, as the
// API server tells them from Kubernetes' own: it takes none without a limit.
func devices(c container) (names []string) {
	for name, n := range c.Resources.Limits {
		domain, _, qualified := strings.Cut(string(name), "/")
		if qualified && domain != "kubernetes.io" && !strings.HasSuffix(domain, ".kubernetes.io") && !n.IsZero() {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

// acceleratorMemory are the devices that hold the container's models, where the pod says their memory.
func acceleratorMemory(c container) (d sizing.Devices) {
	memory, err := resource.ParseQuantity(c.pod.Meta.Annotations[v1alpha1.AcceleratorMemory])
	if err != nil || memory.Sign() <= 0 {
		return d
	}
	for _, name := range devices(c) {
		count := c.Resources.Limits[corev1.ResourceName(name)]
		d.Count = max(d.Count, int(min(count.Value(), 64)))
	}
	d.Memory = memory.Value()
	if overhead, set := c.env("OLLAMA_GPU_OVERHEAD"); set {
		d.Overhead, _ = strconv.ParseInt(overhead, 10, 64) // 0 if it is none
	}
	return d
}

func ollamaCPU(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		if limit, set := c.Resources.Limits["cpu"]; set && limit.MilliValue() < 1000 {
			found = append(found, c.finding("resources.limits.cpu", "%s is less than one core", limit.String()))
		}
	}
	return found
}
