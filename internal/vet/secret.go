package vet

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
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
	secretLike = regexp.MustCompile(`(?i)(PASSWORD|PASSWD|SECRET|TOKEN|API[_-]?KEY|PRIVATE[_-]?KEY|SECRET[_-]?KEY|CREDENTIALS)$`)
	// passwordInURL is a user and a password in front of a host. A reference to
	// another variable, $(NAME), is not one.
	passwordInURL = regexp.MustCompile(`://[^/\s:@]*:[^/\s@$]+@`)
)

// isSecret reports whether a value has no business in Git under a name like that.
func isSecret(name, value string) bool {
	// ENABLE_API_KEY: "True" is a switch, MAX_TOKEN: "512" a number.
	_, notBool := strconv.ParseBool(value)
	_, notNumber := strconv.ParseFloat(value, 64)
	reference := strings.HasPrefix(value, "$(") && strings.HasSuffix(value, ")")
	return value != "" && !reference && secretLike.MatchString(name) && notBool != nil && notNumber != nil
}

func secretLiteral(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		for _, v := range c.Env {
			switch {
			case isSecret(v.Name, v.Value):
				found = append(found, c.finding("env["+v.Name+"].value", "a secret's value in clear"))
			case passwordInURL.MatchString(v.Value):
				found = append(found, c.finding("env["+v.Name+"].value", "a URL with a password in it"))
			}
		}
		for i, arg := range slices.Concat(c.Command, c.Args) {
			field := fmt.Sprintf("command[%d]", i)
			if j := i - len(c.Command); j >= 0 {
				field = fmt.Sprintf("args[%d]", j)
			}
			flag, value, _ := strings.Cut(arg, "=")
			switch {
			case strings.HasPrefix(flag, "-") && isSecret(flag, value):
				found = append(found, c.finding(field, "a secret's value in clear, in %s", flag))
			case passwordInURL.MatchString(arg):
				found = append(found, c.finding(field, "a URL with a password in it"))
			}
		}
	}
	for i, o := range in.All {
		if !in.Refs[i].Is("", "ConfigMap") {
			continue
		}
		data := objects.Child(o, "data")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			value, _ := data[key].(string)
			f := Finding{Object: in.Refs[i], Path: "data[" + key + "]", Fix: "keep it in a Secret that is made on the cluster"}
			switch {
			case isSecret(key, value):
				f.Message = "a secret's value in clear"
			case passwordInURL.MatchString(value):
				f.Message = "a URL with a password in it"
			default:
				continue
			}
			found = append(found, f)
		}
	}
	return found
}

func secretObject(in *input) []Finding {
	var found []Finding
	for i, o := range in.All {
		if !in.Refs[i].Is("", "Secret") {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if entries := objects.Child(o, field); len(entries) > 0 {
				found = append(found, Finding{Object: in.Refs[i], Path: field, Message: "holds values"})
			}
		}
	}
	return found
}
