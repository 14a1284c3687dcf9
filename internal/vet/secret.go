package vet

import (
	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/cleartext"
	"github.com/hearth-dev/hearth/internal/objects"
)

func secretRules() []Rule {
	return []Rule{{
		ID: cleartext.SecretLiteral, Severity: problem.Error, check: inClear(cleartext.Literals),
		Reason: "what stands in Git is known to everybody who ever clones it, and stays there after it is removed",
		Fix:    cleartext.FixLiteral,
		Source: "https://kubernetes.io/docs/concepts/security/secrets-good-practices",
	}, {
		ID: cleartext.SecretObject, Severity: problem.Error, check: inClear(cleartext.Secrets), written: true,
		Reason: "base64 is no encryption: a Secret among rendered objects is one that everybody can read",
		Fix:    cleartext.FixObject,
		Source: "https://kubernetes.io/docs/concepts/security/secrets-good-practices",
	}}
}

func inClear(search func(*objects.Set) []cleartext.Finding) func(*input) []Finding {
	return func(in *input) []Finding {
		var found []Finding
		for _, f := range search(in.Set) {
			found = append(found, Finding{Object: f.Object, Path: f.Path, Message: f.Message, Fix: f.Fix})
		}
		return found
	}
}
