package v1alpha1

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// EnvFrom hands every key of a Secret or a ConfigMap to the container as an
// environment variable. What is inside cannot be seen from here: a variable that
// hearth sets, or env, goes before it, and whatever else the program reads is set.
type EnvFrom struct {
	// SecretName is a Secret in the base's namespace. It is never in this file;
	// `hearth secrets` lists it.
	SecretName string `json:"secretName,omitzero"`
	// ConfigMapName is a ConfigMap in the base's namespace.
	ConfigMapName string `json:"configMapName,omitzero"`
	// Prefix is put before each key to make the variable's name. Default: none.
	Prefix string `json:"prefix,omitzero"`
	// Optional lets the pod start where there is no such Secret or ConfigMap.
	// Default false: it waits.
	Optional bool `json:"optional,omitzero"`
}

// envFrom checks where a container's variables come from as a whole.
func (v validator) envFrom(at *field.Path, from []EnvFrom) {
	first := map[EnvFrom]int{}
	for i, f := range from {
		at := at.Index(i)
		switch {
		case f.SecretName == "" && f.ConfigMapName == "":
			v.errorf(at, "write secretName or configMapName", "names neither a Secret nor a ConfigMap")
			continue
		case f.SecretName != "" && f.ConfigMapName != "":
			v.errorf(at, "write an entry for each", "names a Secret, %s, and a ConfigMap, %s", f.SecretName, f.ConfigMapName)
		}
		v.optionalName(at.Child("secretName"), f.SecretName, "a Secret")
		v.optionalName(at.Child("configMapName"), f.ConfigMapName, "a ConfigMap")
		if f.Prefix != "" && !envForm().MatchString(f.Prefix) {
			v.errorf(at.Child("prefix"), "", "got %q, want letters, digits and '_', not beginning with a digit", f.Prefix)
		}
		f.Optional = false
		if j, again := first[f]; again {
			v.errorf(at, "remove one of them", "hands on the same variables as entry %d", j)
		}
		first[f] = i
	}
}
