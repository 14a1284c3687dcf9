package generator

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// Merged returns the objects of an overlay, merged and flat: those that
// `kustomize build overlays/<name>` gives of the generated tree, but for the
// order of lists in which order means nothing.
func Merged(stack *Stack, name string) ([]Object, error) {
	o := stack.Overlay(name)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", name)
	}
	g := generation{stack: stack}
	var objects []Object
	for i := range o.Bases {
		b := merged(o, i)
		made, err := g.flatBase(&b)
		if err != nil {
			return nil, fmt.Errorf("spec.overlays (%s): base %s: %w", name, b.Name, err)
		}
		objects = append(objects, made...)
	}
	if len(o.Resources)+len(o.Patches) == 0 {
		return objects, nil
	}
	for _, r := range o.Resources {
		objects = append(objects, Object(r))
	}
	objects, err := patched(objects, o.Patches)
	if err != nil {
		return nil, fmt.Errorf("spec.overlays (%s): %w", name, err)
	}
	return objects, nil
}

// flatBase is what a merged base builds to. kustomize has to do it only where a
// person's own resources and patches come in.
func (g *generation) flatBase(b *v1alpha1.Base) ([]Object, error) {
	if len(b.Resources)+len(b.Patches) > 0 {
		return g.mergedObjects(b)
	}
	return Objects(g.stack.Metadata.Name, b)
}

// patched is what kustomize makes of the objects with a person's patches.
func patched(objects []Object, patches []v1alpha1.Patch) ([]Object, error) {
	files := map[string][]byte{}
	k := newKustomization("", overlayPatches(patches))
	for i, o := range objects {
		name := fmt.Sprintf("%d.yaml", i)
		data, err := manifest(o)
		if err != nil {
			return nil, err
		}
		files[name] = data
		k.Resources = append(k.Resources, name)
	}
	var err error
	if files["kustomization.yaml"], err = encode(k); err != nil {
		return nil, err
	}
	objects, err = overlay.Build(files, ".")
	if err != nil {
		return nil, patchError(patches, err)
	}
	return objects, nil
}

// YAML is the object as a YAML tree, its fields in the order in which generated
// files have them.
func YAML(o Object) *yaml.Node { return overlay.Node(o) }
