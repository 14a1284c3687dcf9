package vet

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/objects"
)

func exposureRules() []Rule {
	return []Rule{{
		ID: "ollama-exposed", Severity: problem.Error, check: ollamaExposed,
		Reason: "an Ollama that can be reached is found and abused within days: it has no password of its own",
		Fix:    "put basic authentication or an identity provider in front of it, or take the way in away",
		Source: "https://github.com/ollama/ollama/issues/16236",
	}, {
		ID: "wildcard-host", Severity: problem.Error, check: wildcardHost,
		Reason: "a route for every host answers under names that nobody thought of, without their certificate",
		Fix:    "write the one host that people use",
		Source: "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards",
	}}
}

func ollamaExposed(in *input) []Finding {
	var found []Finding
	for _, r := range in.routes {
		if _, leads := in.leadsTo(r, ollama); !leads || in.guarded(r) {
			continue
		}
		f := Finding{Object: r.ref, Path: "spec", Message: "leads to Ollama without authentication: everybody who reaches " + hosts(r) + " can use it and delete its models"}
		switch {
		case in.private(r) || in.chosenOpen(r):
			f.Severity = problem.Warning
		case r.annotations[controller.AllowsAnnotation] != "":
			f.Fix = "protect it, or accept it with an exception: " + controller.AllowsAnnotation + " is believed of no route but a stack's own"
		}
		found = append(found, f)
	}
	for _, s := range in.Services {
		open := s.Spec.Type == "NodePort" || s.Spec.Type == "LoadBalancer"
		if (!open && len(s.Spec.ExternalIPs) == 0) || !slices.ContainsFunc(in.behind(s.Namespace, s.Name), func(p pod) bool { return p.serves(ollama) }) {
			continue
		}
		f := Finding{Object: objects.ServiceRef(s), Path: "spec.type",
			Message: string(s.Spec.Type) + " opens Ollama's port outside the cluster", Fix: "write ClusterIP"}
		if !open {
			f.Path, f.Message, f.Fix = "spec.externalIPs", "they open Ollama's port outside the cluster", "remove them"
		}
		found = append(found, f)
	}
	return found
}

// chosenOpen reports whether the stack of a route says by a field that it stands open. The
// annotation of such a route proves nothing: anybody can write one.
func (in *input) chosenOpen(r route) bool {
	return !slices.ContainsFunc(r.hosts, func(host string) bool { return !in.facts.Unauthenticated[host] })
}

func hosts(r route) string {
	all := strings.Join(r.hosts, ", ")
	if all == "" {
		return "the controller"
	}
	return all
}

// guarded reports whether the route asks who comes, or sends everybody elsewhere. What
// it names and is not in the list gets the benefit of the doubt.
func (in *input) guarded(r route) bool {
	for _, key := range []string{"nginx.org/basic-auth-secret", "nginx.com/jwt-key",
		"nginx.ingress.kubernetes.io/auth-secret", "nginx.ingress.kubernetes.io/auth-url"} {
		if r.annotations[key] != "" {
			return true
		}
	}
	for _, name := range r.policies {
		if in.asks("k8s.nginx.org", "Policy", name, "basicAuth", "jwt", "oidc", "apiKey", "externalAuth", "ingressMTLS") {
			return true
		}
	}
	for _, name := range r.middlewares {
		if in.asks("traefik.io", "Middleware", name, "basicAuth", "digestAuth", "forwardAuth", "redirectScheme", "redirectRegex") {
			return true
		}
	}
	return false
}

// asks reports whether an object's spec has one of the fields, or is not here.
func (in *input) asks(group, kind, name string, fields ...string) bool {
	namespace, name, _ := strings.Cut(name, "/")
	o := in.Find(group, kind, namespace, name)
	if o == nil {
		return true
	}
	for _, field := range fields {
		if objects.At(o, "spec", field) != nil {
			return true
		}
	}
	return false
}

func wildcardHost(in *input) []Finding {
	var found []Finding
	for _, r := range in.routes {
		for _, host := range r.hosts {
			switch {
			case r.tcp: // which has none
			case host == "":
				found = append(found, Finding{Object: r.ref, Path: "spec", Message: "is for every host"})
			case strings.HasPrefix(host, "*"):
				found = append(found, Finding{Object: r.ref, Path: "spec", Message: "is for " + host})
			}
		}
	}
	return found
}
