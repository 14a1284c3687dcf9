// Package cleartext finds the secrets that stand in clear in a list of rendered
// objects. What a secret is, secretscan says.
package cleartext

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/secretscan"
)

// The rules that the search answers.
const (
	SecretLiteral = "secret-literal"
	SecretObject  = "secret-object"
)

// What to do about a secret in clear.
const (
	FixLiteral = "write valueFrom: {secretKeyRef: {name: SECRET, key: KEY}}"
	FixObject  = "make it on the cluster (hearth secrets), or encrypt it as a SealedSecret or ExternalSecret"

	fixAnnotation = "remove the annotation: kubectl apply --server-side writes none"
	fixConfigMap  = "keep it in a Secret that is made on the cluster"
)

// Finding is one secret in clear. All are errors.
type Finding struct {
	Rule    string
	Object  objects.Ref
	Path    string
	Message string
	Fix     string
}

// Check returns every secret in clear.
func Check(set *objects.Set) []Finding { return slices.Concat(Literals(set), Secrets(set)) }

// Literals are secrets among what everybody may read: variables and arguments of
// containers, annotations and ConfigMaps.
func Literals(set *objects.Set) []Finding {
	var found []Finding
	add := func(ref objects.Ref, path, why, fix string) {
		if why != "" {
			found = append(found, Finding{SecretLiteral, ref, path, why, fix})
		}
	}
	for i := range set.Pods {
		for _, c := range set.Pods[i].Containers() {
			for _, v := range c.Env {
				add(c.Pod.Ref, c.Path+".env["+v.Name+"].value", secretscan.Value(v.Name, v.Value), FixLiteral)
			}
			for _, a := range secretscan.Arguments(slices.Concat(c.Command, c.Args)) {
				field := fmt.Sprintf(".command[%d]", a.Index)
				if j := a.Index - len(c.Command); j >= 0 {
					field = fmt.Sprintf(".args[%d]", j)
				}
				add(c.Pod.Ref, c.Path+field, a.Why, FixLiteral)
			}
		}
	}
	for i, o := range set.All {
		annotations := objects.Annotations(o)
		for _, key := range slices.Sorted(maps.Keys(annotations)) {
			// An annotation's name is the controller's, and often ends in the
			// name of a Secret: only the value counts.
			add(set.Refs[i], "metadata.annotations["+key+"]", secretscan.Text(annotations[key]), fixAnnotation)
		}
		if !set.Refs[i].Is("", "ConfigMap") {
			continue
		}
		data := objects.Child(o, "data")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			value, _ := data[key].(string)
			add(set.Refs[i], "data["+key+"]", secretscan.Value(key, value), fixConfigMap)
		}
		data = objects.Child(o, "binaryData")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			value, _ := data[key].(string)
			if decoded, err := base64.StdEncoding.DecodeString(value); err == nil && utf8.Valid(decoded) {
				add(set.Refs[i], "binaryData["+key+"]", secretscan.Value(key, string(decoded)), fixConfigMap)
			}
		}
	}
	return found
}

// Secrets are Secret objects with values: base64 is no encryption.
func Secrets(set *objects.Set) []Finding {
	var found []Finding
	for i, o := range set.All {
		if !set.Refs[i].Is("", "Secret") {
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			if len(objects.Child(o, field)) > 0 {
				found = append(found, Finding{SecretObject, set.Refs[i], field, "holds values", FixObject})
			}
		}
	}
	return found
}
