package vet

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/secretscan"
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

func secretLiteral(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		for _, v := range c.Env {
			if why := secretscan.Value(v.Name, v.Value); why != "" {
				found = append(found, c.finding("env["+v.Name+"].value", "%s", why))
			}
		}
		for _, a := range secretscan.Arguments(slices.Concat(c.Command, c.Args)) {
			field := fmt.Sprintf("command[%d]", a.Index)
			if j := a.Index - len(c.Command); j >= 0 {
				field = fmt.Sprintf("args[%d]", j)
			}
			found = append(found, c.finding(field, "%s", a.Why))
		}
	}
	for i, o := range in.All {
		add := func(path, why, fix string) {
			if why != "" {
				found = append(found, Finding{Object: in.Refs[i], Path: path, Message: why, Fix: fix})
			}
		}
		annotations := objects.Child(o, "metadata", "annotations")
		for _, key := range slices.Sorted(maps.Keys(annotations)) {
			value, _ := annotations[key].(string)
			// An annotation's name is the controller's, and often ends in the
			// name of a Secret: only the value counts.
			add("metadata.annotations["+key+"]", secretscan.Text(value), "remove the annotation: kubectl apply --server-side writes none")
		}
		if !in.Refs[i].Is("", "ConfigMap") {
			continue
		}
		const fix = "keep it in a Secret that is made on the cluster"
		data := objects.Child(o, "data")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			value, _ := data[key].(string)
			add("data["+key+"]", secretscan.Value(key, value), fix)
		}
		data = objects.Child(o, "binaryData")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			value, _ := data[key].(string)
			if decoded, err := base64.StdEncoding.DecodeString(value); err == nil && utf8.Valid(decoded) {
				add("binaryData["+key+"]", secretscan.Value(key, string(decoded)), fix)
			}
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
