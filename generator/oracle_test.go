package generator_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build"
)

// expectedOverlay is what an overlay has to build to, by another way than the
// generator's: no base, no difference, but the objects of each merged base, with
// the overlay's resources and patches over all of them.
func expectedOverlay(t *testing.T, stack string, o *v1alpha1.ResolvedOverlay) objects {
	t.Helper()
	all := objects{}
	for _, b := range o.Bases {
		b.CreateNamespace = createsNamespace(o, b)
		maps.Copy(all, expectedBase(t, stack, b))
	}
	return kustomized(t, "", slices.Collect(maps.Values(all)), o.Resources, o.Patches)
}

// createsNamespace reports whether the base is the one that brings its namespace's object: the first
// that says so or, where the overlay spans several namespaces, the first of all
// in that namespace.
func createsNamespace(o *v1alpha1.ResolvedOverlay, b v1alpha1.Base) bool {
	creator := ""
	several := false
	for _, other := range o.Bases {
		several = several || other.Namespace != b.Namespace
	}
	for _, other := range o.Bases {
		if creator == "" && other.Namespace == b.Namespace && other.CreateNamespace {
			creator = other.Name
		}
	}
	for _, other := range o.Bases {
		if creator == "" && other.Namespace == b.Namespace && several {
			creator = other.Name
		}
	}
	return creator == b.Name
}

func expectedBase(t *testing.T, stack string, b v1alpha1.Base) objects {
	t.Helper()
	generated, err := build.Objects(stack, &b)
	if err != nil {
		t.Fatal(err)
	}
	return kustomized(t, b.Namespace, generated, b.Resources, b.Patches)
}

// kustomized are objects with the person's resources and patches, where there
// are any by a kustomization of their own.
func kustomized(t *testing.T, namespace string, generated []generator.Object, resources []v1alpha1.Object, patches []v1alpha1.Patch) objects {
	t.Helper()
	out := objects{}
	var own []generator.Object
	for _, o := range generated {
		if elsewhere(o, namespace) { // a kustomization with a namespace would move it
			out[id(o)] = exact(t, o)
		} else {
			own = append(own, o)
		}
	}
	generated = own
	if len(resources)+len(patches) == 0 {
		for _, o := range generated {
			out[id(o)] = exact(t, o)
		}
		return out
	}
	k := map[string]any{"patches": patches}
	if namespace != "" {
		k["namespace"] = namespace
	}
	var names []string
	var files []generator.File
	for _, r := range resources {
		generated = append(generated, generator.Object(r))
	}
	for i, o := range generated {
		names = append(names, fmt.Sprintf("%d.yaml", i))
		files = append(files, yamlOf(t, names[i], o))
	}
	k["resources"] = names
	built, err := kustomize(append(files, yamlOf(t, "kustomization.yaml", k)), ".")
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(built, out)
	return built
}

// elsewhere finds a namespaced object that is not in the namespace, if one is
// given.
func elsewhere(o generator.Object, namespace string) bool {
	in, _ := at(o, "metadata", "namespace").(string)
	return namespace != "" && in != "" && in != namespace
}
