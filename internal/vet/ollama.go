package vet

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/versions"
)

func ollamaRules() []Rule {
	return []Rule{{
		ID: "ollama-memory", Severity: problem.Error, check: ollamaMemory,
		Reason: "with less memory than its models need, Ollama refuses to load them or is killed in the middle of an answer",
		Fix:    "raise the limit, or name a smaller model",
		Source: "package sizing: each term with its formula and source",
	}, {
		ID: "ollama-volume", Severity: problem.Error, check: ollamaVolume,
		Reason: "models that do not fit the volume are pulled again and again, and never loaded",
		Fix:    "ask for more storage, or name fewer models",
		Source: "package sizing, Storage: the sum of the models' blobs",
	}, {
		ID: "ollama-cpu", Severity: problem.Warning, check: ollamaCPU,
		Reason: "below one core the threads wait for their share in busy loops, and an answer takes minutes",
		Fix:    "set limits.cpu to 1 or more",
		Source: "ollama discover/cpu_linux.go: threads are the quota's whole cores, at least one",
	}, {
		ID: "ollama-variable", Severity: problem.Error, check: ollamaVariable,
		Reason: "Ollama ignores a variable that its version does not know, without a word: the setting is not made. What begins with LLAMA_ARG_ it hands on to llama-server, also what it overrides itself or cannot work with",
		Fix:    "see `ollama serve --help`",
		Source: "ollama envconfig/config.go of " + versions.Ollama.Oldest + " to " + versions.Ollama.Newest + "; llm/llama_server.go of " + versions.Ollama.Measured + ", and common/arg.cpp of its llama.cpp",
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
		ID: reach.OllamaOpen, Severity: problem.Error, check: func(in *input) []Finding { return reached(reach.OllamaIsOpen(in.Set)) }, needs: []string{"NetworkPolicy"},
		Reason: "without a NetworkPolicy, or with one that admits everybody, every pod of the cluster can use, delete and replace the models: Ollama has no password",
		Fix:    "select the pod in a NetworkPolicy that admits its clients alone",
		Source: "https://github.com/ollama/ollama/issues/16236",
	}}
}

func ollamaVariable(in *input) []Finding {
	names := v1alpha1.OllamaVariables()
	var found []Finding
	for _, c := range in.containers(func(c container) bool { return ollama(c) || path.Base(objects.Repository(c.Image)) == "ollama" }) {
		if strings.Contains(c.Image, "ipex") {
			continue // Intel's fork, which reads others
		}
		for _, v := range c.Env {
			head, _, _ := strings.Cut(v.Name, "_")
			if strings.Contains(strings.Join(slices.Concat(c.Command, c.Args), " "), v.Name) {
				continue // its script's own
			}
			_, known := versions.Ollama.Variable(v.Name)
			known = known || head == "OLLAMA"
			name, like := meant(v.Name, names)
			if head == "LLAMA" && !known || !known && !like && !mistyped(head, "OLLAMA") {
				continue // anybody's
			}
			u := v1alpha1.OllamaUnread(v.Name, objects.Tag(c.Image))
			if u == nil {
				u = llamaArgument(in, c, v.Name)
			}
			if u == nil {
				continue
			}
			f := c.finding("env["+v.Name+"]", "%s", u.Reason)
			f.Severity, f.Fix = u.Severity, u.Fix
			if head != "OLLAMA" && !known {
				if f.Severity = problem.Error; like {
					f.Fix = fmt.Sprintf("did you mean %q?", name)
				}
			}
			found = append(found, f)
		}
	}
	return found
}

// llamaArgument says what is wrong with a variable that Ollama hands on to llama-server.
func llamaArgument(in *input, c container, name string) *v1alpha1.VariableProblem {
	value, certain := in.said(c, name)
	if !certain {
		return v1alpha1.LlamaArgument(name, nil)
	}
	return v1alpha1.LlamaArgument(name, &value)
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
