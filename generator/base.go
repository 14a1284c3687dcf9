package generator

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/overlay"
	"github.com/hearth-dev/hearth/internal/objects"
)

// kustomization is a kustomization.yaml, as far as hearth writes it. The API
// version and kind are optional to kustomize, but keep Fleet from deploying the
// folder's files raw if it is ever pointed at the wrong place.
type kustomization struct {
	APIVersion string           `yaml:"apiVersion"`
	Kind       string           `yaml:"kind"`
	Namespace  string           `yaml:"namespace,omitempty"`
	Resources  []string         `yaml:"resources,omitempty"`
	Patches    []v1alpha1.Patch `yaml:"patches,omitempty"`
}

// builtBase is the files of bases/<name>, by path, and what they build to.
type builtBase struct {
	files   map[string][]byte
	objects []Object
}

// addBases writes bases/.
func (g *generation) addBases() error {
	made := make([]builtBase, len(g.stack.Bases))
	err := inParallel(len(made), func(i int) (err error) {
		if made[i], err = g.base(i); err != nil {
			return fmt.Errorf("spec.bases[%d] (%s): %w", i, g.stack.Bases[i].Name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, b := range g.stack.Bases {
		g.bases[b.Name] = made[i]
		maps.Copy(g.files, made[i].files)
	}
	return nil
}

// base makes and builds the i-th base.
func (g *generation) base(i int) (builtBase, error) {
	b := &g.stack.Bases[i]
	at := fmt.Sprintf("spec.bases[%d].patches", i)
	folder := path.Join("bases", b.Name)
	files, written, err := g.baseFiles(b)
	if err != nil {
		return builtBase{}, err
	}
	made := builtBase{files: map[string][]byte{}}
	for name, data := range files {
		made.files[path.Join(folder, name)] = data
	}
	made.objects, err = remembered(g.memory, "base", []any{folder, made.files}, func() ([]Object, error) {
		if err := misses(at, b.Patches, written, g.withPatches(b)); err != nil {
			return nil, err
		}
		objects, err := overlay.Build(made.files, folder)
		if err != nil {
			return nil, blame(at, b.Patches, patchError(b.Patches, err), g.withPatches(b))
		}
		return objects, nil
	})
	return made, err
}

// withPatches builds a base with these patches in place of its own.
func (g *generation) withPatches(b *v1alpha1.Base) func([]v1alpha1.Patch) ([]Object, error) {
	return func(patches []v1alpha1.Patch) ([]Object, error) {
		other := *b
		other.Patches = patches
		files, _, err := g.baseFiles(&other)
		if err != nil {
			return nil, err
		}
		return overlay.Build(files, ".")
	}
}

// baseFiles are the files of a base's folder, by name, and the objects in them.
func (g *generation) baseFiles(b *v1alpha1.Base) (map[string][]byte, []Object, error) {
	objects, err := build.Objects(g.stack.Name, b)
	if err != nil {
		return nil, nil, err
	}
	objects = slices.DeleteFunc(objects, func(o Object) bool { return inAnotherNamespace(b, o) })
	for _, r := range b.Resources {
		objects = append(objects, Object(r))
	}
	files := map[string][]byte{}
	k := newKustomization(b.Namespace, b.Patches)
	for _, o := range objects {
		name, err := addManifest(g.stack.Name, files, o, objects)
		if err != nil {
			return nil, nil, err
		}
		k.Resources = append(k.Resources, name)
	}
	files["kustomization.yaml"], err = file.YAML(g.stack.Name, k, "")
	return files, objects, err
}

// inAnotherNamespace reports whether the base's kustomization would move the
// object to its own namespace. The overlays bring it instead: theirs have none.
func inAnotherNamespace(b *v1alpha1.Base, o Object) bool {
	namespace := objects.Text(o, "metadata", "namespace")
	return namespace != "" && namespace != b.Namespace
}

// mergedObjects is what a base with an overlay's overrides builds to, and what
// it brings to other namespaces.
func (g *generation) mergedObjects(b *v1alpha1.Base) ([]Object, error) {
	all, err := build.Objects(g.stack.Name, b)
	if err != nil {
		return nil, err
	}
	objects, err := remembered(g.memory, "merged base", []any{b.Namespace, all, b.Resources, b.Patches}, func() ([]Object, error) {
		files, _, err := g.baseFiles(b)
		if err != nil {
			return nil, err
		}
		objects, err := overlay.Build(files, ".")
		if err != nil {
			return nil, patchError(b.Patches, err)
		}
		return objects, nil
	})
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if inAnotherNamespace(b, o) {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// addManifest adds the file of one of the objects and returns its name.
func addManifest(stack string, files map[string][]byte, o Object, objects []Object) (string, error) {
	name := fileName(o, objects)
	if _, taken := files[name]; taken {
		return "", fmt.Errorf("two objects would be %s: rename the one in resources, or change ours with a patch", name)
	}
	data, err := manifest(o)
	if err != nil {
		return "", err
	}
	files[name] = append([]byte(file.FirstLine(stack)), data...)
	return name, nil
}

// fileName is the object's name and kind, which people look for. The namespace
// stands in front where an overlay has another such object in another namespace.
func fileName(o Object, all []Object) string {
	name := func(o Object) string {
		return objects.Text(o, "metadata", "name") + "-" + strings.ToLower(objects.Text(o, "kind")) + ".yaml"
	}
	namespace := objects.Text(o, "metadata", "namespace")
	for _, other := range all {
		if in := objects.Text(other, "metadata", "namespace"); in != "" && namespace != "" && in != namespace && name(other) == name(o) {
			return namespace + "-" + name(o)
		}
	}
	return name(o)
}

func newKustomization(namespace string, patches []v1alpha1.Patch) kustomization {
	return kustomization{
		APIVersion: "kustomize.config.k8s.io/v1beta1",
		Kind:       "Kustomization",
		Namespace:  namespace,
		Patches:    patches,
	}
}

// patchError blames a person's patches for a failed build, where there are any:
// what hearth writes itself builds.
func patchError(patches []v1alpha1.Patch, err error) error {
	if len(patches) > 0 {
		return fmt.Errorf("building with resources and patches: %w", err)
	}
	return fmt.Errorf("building: %w", err)
}
