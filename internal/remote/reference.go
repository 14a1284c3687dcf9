// Package remote finds what a kustomization would have kustomize fetch: it asks
// a web server or clones a repository without a word, and nothing of hearth that
// builds goes to the network.
package remote

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/yaml"
)

// loaded are the fields of a kustomization that name files and folders, at any
// depth of it. What stands in others is text.
var loaded = []string{
	"bases", "components", "configurations", "crds", "env", "envs", "files", "generators", "patchesStrategicMerge",
	"path", "resources", "transformers", "validators",
}

// Check reports what a file of that name, if it is a kustomization, would have
// fetched.
func Check(name string, data []byte) error {
	if !slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name)) {
		return nil
	}
	var k map[string]any
	if yaml.Unmarshal(data, &k) != nil {
		return nil // kustomize says so too
	}
	if found := find(k, false); found != "" {
		return fmt.Errorf("%s names %q, which kustomize would fetch, and nothing is fetched here; write a copy of it into the folder", name, found)
	}
	return nil
}

// find is the first reference below a value. within is whether the value itself
// is in a field that has any.
func find(v any, within bool) string {
	switch v := v.(type) {
	case string:
		if within && is(v) {
			return v
		}
	case []any:
		for _, element := range v {
			if found := find(element, within); found != "" {
				return found
			}
		}
	case map[string]any:
		for name, value := range v {
			if found := find(value, slices.Contains(loaded, name)); found != "" {
				return found
			}
		}
	}
	return ""
}

// is reports whether kustomize would fetch what is written so: in a generator's
// files behind a key.
func is(text string) bool {
	if _, file, keyed := strings.Cut(text, "="); keyed && is(file) {
		return true
	}
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return true
	}
	return (&resource.Origin{}).Append(text).Repo != "" // what it clones
}
