package vet

import (
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/reach"
)

func exposureRules() []Rule {
	return []Rule{{
		ID: reach.OllamaExposed, Severity: problem.Error, check: func(in *input) []Finding { return reached(in.reach().OllamaExposed()) },
		Reason: "an Ollama that can be reached is found and abused within days: it has no password of its own",
		Fix:    "put basic authentication or an identity provider in front of it, or take the way in away",
		Source: "https://github.com/ollama/ollama/issues/16236",
	}, {
		ID: reach.EngineExposed, Severity: problem.Error, check: func(in *input) []Finding { return reached(in.reach().EngineExposed()) },
		Reason: "vLLM asks for --api-key below /v1 alone: /invocations answers without it, and /pause stops the server; llama.cpp's RPC server has no key at all",
		Fix:    "put basic authentication or an identity provider in front of it, or take the way in away",
		Source: "https://docs.vllm.ai/en/latest/usage/security/",
	}, {
		ID: reach.EngineOpen, Severity: problem.Error, check: func(in *input) []Finding { return reached(reach.EngineIsOpen(in.Set)) }, needs: []string{"NetworkPolicy"},
		Reason: "without a NetworkPolicy, or with one that admits everybody, every pod of the cluster has vLLM's answers without its key, can stop it, and speaks to the ports between its ranks, which ask nobody; llama.cpp's RPC server asks nobody either",
		Fix:    "select the pod in a NetworkPolicy that admits its clients alone",
		Source: "https://docs.vllm.ai/en/latest/usage/security/; llama.cpp SECURITY.md and tools/rpc/README.md",
	}, {
		ID: reach.ChatExposed, Severity: problem.Error, check: func(in *input) []Finding { return reached(in.reach().ChatExposed()) },
		Reason: "who gets past the sign-in of a chat that strangers reach reads what others wrote, and as admin runs code in its pod",
		Fix:    "set ENABLE_SIGNUP=False, and WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret",
		Source: "package signin: the lines of Open WebUI that decide it",
	}, {
		ID: reach.ExposureUnseen, Severity: problem.Warning, check: func(in *input) []Finding { return reached(in.reach().Unseen()) },
		Reason: "what cannot be followed from here may let anybody in to Ollama or the chat",
		Fix:    reach.LookYourself,
		Source: "docs/reach.md: what is followed, and what is not",
	}, {
		ID: "wildcard-host", Severity: problem.Error, check: wildcardHost,
		Reason: "a route for every host answers under names that nobody thought of, without their certificate",
		Fix:    "write the one host that people use",
		Source: "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards",
	}}
}

// reached are findings of the analysis of ways in.
func reached(all []reach.Finding) []Finding {
	var found []Finding
	for _, f := range all {
		found = append(found, Finding{Rule: f.Rule, Severity: f.Severity, Object: f.Object, Path: f.Path, Message: f.Message, Fix: f.Fix})
	}
	return found
}

// reach is the analysis of ways in, made once.
func (in *input) reach() reach.Result {
	if in.ways == nil {
		r := reach.Analyze(in.Set, in.facts.Facts)
		in.ways = &r
	}
	return *in.ways
}

func wildcardHost(in *input) []Finding {
	var found []Finding
	for _, r := range in.reach().Routes {
		if r.TCP { // which has none
			continue
		}
		for _, b := range r.Branches {
			for _, host := range b.Hosts {
				switch {
				case host == "":
					found = append(found, Finding{Object: r.Ref, Path: b.Path, Message: "is for every host"})
				case strings.HasPrefix(host, "*"):
					found = append(found, Finding{Object: r.Ref, Path: b.Path, Message: "is for " + host})
				}
			}
		}
	}
	return found
}
