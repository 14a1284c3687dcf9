package vet

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/generator/problem"
)

func secretRules() []Rule {
	return []Rule{{
		ID: "secret-literal", Severity: problem.Error, check: secretLiteral,
		Reason: "what stands in Git is known to everybody who ever clones it, and stays there after it is removed",
		Fix:    "write valueFrom: {secretKeyRef: {name: SECRET, key: KEY}}",
		Source: "https://kubernetes.io/docs/concepts/security/secrets-good-practices",
	}, {
		ID: "secret-object", Severity: problem.Error, check: secretObject,
		Reason: "base64 is no encryption: a Secret among rendered objects is one that everybody can read",
		Fix:    "make it on the cluster (hearth secrets), or encrypt it as a SealedSecret or ExternalSecret",
		Source: "https://kubernetes.io/docs/concepts/security/secrets-good-practices",
	}}
}

var (
	// secretLike names variables whose value is a secret.
	secretLike = regexp.MustCompile(`(?i)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS)$`)
	// passwordInURL is a user and a password in front of a host. A reference to
	// another variable, $(NAME), is not one.
	passwordInURL = regexp.MustCompile(`://[^/\s:@]*:[^/\s@$]+@`)
)

func secretLiteral(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		for _, v := range c.Env {
			// ENABLE_API_KEY: "True" is a switch, MAX_TOKEN: "512" a number.
			_, notBool := strconv.ParseBool(v.Value)
			_, notNumber := strconv.ParseFloat(v.Value, 64)
			reference := strings.HasPrefix(v.Value, "$(") && strings.HasSuffix(v.Value, ")")
			switch {
			case v.Value != "" && !reference && secretLike.MatchString(v.Name) && notBool != nil && notNumber != nil:
				found = append(found, c.finding("env["+v.Name+"].value", "a secret's value in clear"))
			case passwordInURL.MatchString(v.Value):
				found = append(found, c.finding("env["+v.Name+"].value", "a URL with a password in it"))
			}
		}
	}
	return found
}

func secretObject(in *input) []Finding {
	var found []Finding
	for i, o := range in.objects {
		if !in.refs[i].is("", "Secret") {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if entries := child(o, field); len(entries) > 0 {
				found = append(found, Finding{Object: in.refs[i], Path: field, Message: "holds values"})
			}
		}
	}
	return found
}
