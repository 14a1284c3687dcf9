package vet

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/generator/problem"
	"github.com/hearth-dev/hearth/generator/sizing"
	"github.com/hearth-dev/hearth/generator/spec"
)

func ollamaRules() []Rule {
	return []Rule{{
		ID: "ollama-memory", Severity: problem.Error, check: ollamaMemory,
		Reason: "with less memory than its models need, Ollama refuses to load them or is killed in the middle of an answer",
		Fix:    "raise the limit, or name a smaller model",
		Source: "package generator/sizing: each term with its formula and source",
	}, {
		ID: "ollama-volume", Severity: problem.Error, check: ollamaVolume,
		Reason: "models that do not fit the volume are pulled again and again, and never loaded",
		Fix:    "ask for more storage, or name fewer models",
		Source: "package generator/sizing, Storage: the sum of the models' blobs",
	}, {
		ID: "ollama-cpu", Severity: problem.Warning, check: ollamaCPU,
		Reason: "below one core the threads wait for their share in busy loops, and an answer takes minutes",
		Fix:    "set limits.cpu to 1 or more",
		Source: "ollama discover/cpu_linux.go: threads are the quota's whole cores, at least one",
	}, {
		ID: "ollama-variable", Severity: problem.Error, check: ollamaVariable,
		Reason: "Ollama ignores a variable that it does not know, without a word: the setting is not made",
		Fix:    "see `ollama serve --help`",
		Source: "ollama v0.23.2 envconfig/config.go",
	}, {
		ID: "ollama-origins", Severity: problem.Error, check: ollamaOrigins,
		Reason: "any web page that somebody in the network opens could use the server from the browser",
		Fix:    "name the origins, or remove the variable: programs need none",
		Source: "ollama v0.23.2 envconfig/config.go, AllowedOrigins",
	}, {
		ID: "ollama-pull", Severity: problem.Error, check: ollamaPull,
		Reason: "the output of a postStart hook is lost, and one that fails or takes too long has its container killed",
		Fix:    "pull in an init container or a Job, which have a log and a back-off",
		Source: "otwld/ollama-helm #68, #152, #194, #200",
	}, {
		ID: "ollama-open", Severity: problem.Error, check: ollamaOpen,
		Reason: "without a NetworkPolicy, or with one that admits everybody, every pod of the cluster can use, delete and replace the models: Ollama has no password",
		Fix:    "select the pod in a NetworkPolicy that admits its clients alone",
		Source: "https://github.com/ollama/ollama/issues/16236",
	}}
}

// pulled finds the models that a script pulls.
var pulled = regexp.MustCompile(`\bollama (?:pull|run) +([A-Za-z0-9][A-Za-z0-9._/:-]*)`)

// models that the pod's containers name, as far as the stack or else the
// catalogue has their figures.
func (in *input) models(p *pod) []sizing.Model {
	var found []sizing.Model
	own := in.facts.Models[p.ref.Namespace]
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
		for _, m := range pulled.FindAllStringSubmatch(text, -1) {
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
	return sizing.Settings{
		PromptCache:   cache,
		ContextLength: number("OLLAMA_CONTEXT_LENGTH"), NumParallel: number("OLLAMA_NUM_PARALLEL"),
		MaxLoadedModels: number("OLLAMA_MAX_LOADED_MODELS"), KVCacheType: kv, Version: tag(c.Image),
	}
}

func ollamaMemory(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		limit, set := c.Resources.Limits["memory"]
		known := in.models(c.pod)
		if !set || len(known) == 0 || accelerated(c) {
			continue
		}
		if need := sizing.Memory(known, settings(c)); limit.Value() < need.Required {
			f := c.finding("resources.limits.memory", "%s is less than the %s that %s needs: %s",
				limit.String(), sizing.MiB(need.Required), strings.Join(need.Models, " and "), need.Sum())
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

// accelerated tells a container whose models are in a device's memory.
func accelerated(c container) bool {
	for name := range c.Resources.Limits {
		if strings.Contains(string(name), "/gpu") || strings.HasPrefix(string(name), "gpu.") {
			return true
		}
	}
	return false
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

func ollamaVariable(in *input) []Finding {
	names := spec.OllamaVariables()
	var found []Finding
	for _, c := range in.containers(func(c container) bool { return c.program() == "ollama" }) {
		for _, v := range c.Env {
			f := c.finding("env["+v.Name+"]", "Ollama reads no variable of this name")
			head, _, _ := strings.Cut(v.Name, "_")
			switch {
			case slices.Contains(names, v.Name):
				continue
			case head == "OLLAMA":
				f.Fix = spec.Suggest(v.Name, names)
			case head == "LLAMA": // llama.cpp's own, of the server that Ollama starts
				continue
			default:
				i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, v.Name) || mistyped(v.Name, name) })
				if i < 0 && !mistyped(head, "OLLAMA") {
					continue // anybody's
				}
				if f.Fix = spec.Suggest(v.Name, names); i >= 0 {
					f.Fix = fmt.Sprintf("did you mean %q?", names[i])
				}
			}
			found = append(found, f)
		}
	}
	return found
}

func ollamaOrigins(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(ollama) {
		value, _ := c.env("OLLAMA_ORIGINS")
		for origin := range strings.SplitSeq(value, ",") {
			host := origin[strings.LastIndex(origin, "/")+1:]
			if strings.HasPrefix(host, "*") && !strings.Contains(host, ".") {
				found = append(found, c.finding("env[OLLAMA_ORIGINS].value", "%q lets every web page use this server", value))
				break
			}
		}
	}
	return found
}

func ollamaPull(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		if l := c.Lifecycle; l != nil && l.PostStart != nil && l.PostStart.Exec != nil {
			text := strings.Join(l.PostStart.Exec.Command, " ")
			if strings.Contains(text, "ollama") && strings.Contains(text, "pull") {
				found = append(found, c.finding("lifecycle.postStart", "pulls models"))
			}
		}
	}
	return found
}
