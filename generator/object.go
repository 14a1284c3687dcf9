package generator

import (
	"fmt"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/overlay"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Object is a whole Kubernetes object as a JSON tree, numbers as json.Number.
type Object = object.Object

// Objects returns the objects of an overlay, merged and flat: those that
// `kustomize build overlays/<name>` gives of the generated tree, with the problems
// that Generate finds in them.
func Objects(r *v1alpha1.Resolved, name string) ([]Object, problem.List) {
	o := r.Overlay(name)
	if o == nil {
		return nil, problem.From(fmt.Errorf("overlay %q: not in the stack", name))
	}
	objects, err := objectsOf(r, o)
	if err != nil {
		return nil, problem.From(err)
	}
	found := doors(r, o, objects).Sorted()
	if found.Err() != nil {
		return nil, found
	}
	return objects, found
}

func objectsOf(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) ([]Object, error) {
	g := generation{stack: r}
	var objects []Object
	for i := range o.Bases {
		b := build.InOverlay(o, i)
		made, err := g.flatBase(&b)
		if err != nil {
			return nil, fmt.Errorf("spec.overlays (%s): base %s: %w", o.Name, b.Name, err)
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
		return nil, fmt.Errorf("spec.overlays (%s): %w", o.Name, err)
	}
	return objects, nil
}

// flatBase is what a merged base builds to. kustomize has to do it only where a
// person's own resources and patches come in.
func (g *generation) flatBase(b *v1alpha1.Base) ([]Object, error) {
	if len(b.Resources)+len(b.Patches) > 0 {
		return g.mergedObjects(b)
	}
	return build.Objects(g.stack.Name, b)
}

// patched is what kustomize makes of the objects with a person's patches.
func patched(objects []Object, patches []v1alpha1.Patch) ([]Object, error) {
	files := map[string][]byte{}
	k := newKustomization("", patches)
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
	if files["kustomization.yaml"], err = file.YAML("", k, ""); err != nil {
		return nil, err
	}
	objects, err = overlay.Build(files, ".")
	if err != nil {
		return nil, patchError(patches, err)
	}
	return objects, nil
}

// manifest is the object as YAML.
func manifest(o Object) ([]byte, error) {
	data, err := overlay.Manifest(o)
	if err != nil {
		return nil, fmt.Errorf("encoding %s %s: %w", objects.Text(o, "kind"), objects.Text(o, "metadata", "name"), err)
	}
	return data, nil
}
