package generator

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// overlay writes overlays/<name>: the computed difference between the bases and
// the merged spec, with the overlay's own resources and patches after it.
func (g *generation) overlay(o *v1alpha1.ResolvedOverlay) error {
	var base, want []Object
	var parents []string
	for i := range o.Bases {
		b := build.InOverlay(o, i)
		if err := g.overriddenPatches(o, i, &b); err != nil {
			return err
		}
		objects, err := g.flatBase(&b)
		if err != nil {
			return fmt.Errorf("bases[%d] (%s): %w", i, b.Name, err)
		}
		want = append(want, objects...)
		base = append(base, g.bases[b.Name]...)
		parents = append(parents, "../../bases/"+b.Name)
	}
	at := g.at(o) + ".patches"
	folder := path.Join("overlays", o.Name)
	difference, err := overlay.Compute(base, want, o.Patches, func(d overlay.Difference) ([]Object, error) {
		files, err := g.overlayFiles(parents, d)
		if err != nil {
			return nil, err
		}
		return g.build(o, files)
	})
	if err != nil {
		return err
	}
	for _, r := range o.Resources {
		difference.New = append(difference.New, Object(r))
		want = append(want, Object(r))
	}
	own := len(difference.Patches)
	with := func(patches []v1alpha1.Patch) ([]Object, error) {
		d := difference
		d.Patches = append(slices.Clone(d.Patches[:own]), patches...)
		files, err := g.overlayFiles(parents, d)
		if err != nil {
			return nil, err
		}
		return g.build(o, files)
	}
	if err := misses(at, o.Patches, want, with); err != nil {
		return err
	}
	difference.Patches = append(difference.Patches, o.Patches...)
	files, err := g.overlayFiles(parents, difference)
	if err != nil {
		return err
	}
	if len(o.Resources)+len(o.Patches) > 0 { // else Compute has built it
		if want, err = g.build(o, files); err != nil {
			return blame(at, o.Patches, patchError(o.Patches, err), with)
		}
	}
	g.overlays[o.Name] = want
	if g.checks {
		g.found = append(g.found, doors(g.stack, o, want)...)
	}
	for name, data := range files {
		g.files[path.Join(folder, name)] = data
	}
	return nil
}

// overriddenPatches looks at the patches of a base that an overlay wrote. Those
// of the base itself may lose their objects with what the overlay leaves out.
func (g *generation) overriddenPatches(o *v1alpha1.ResolvedOverlay, i int, b *v1alpha1.Base) error {
	if of := g.stack.Base(b.Name); of != nil && reflect.DeepEqual(of.Patches, b.Patches) {
		return nil
	}
	_, written, err := g.baseFiles(b)
	if err != nil {
		return err
	}
	return misses(g.at(o)+fmt.Sprintf(".bases[%d].patches", i), b.Patches, written, g.withPatches(b))
}

// at is the path of an overlay in the stack.
func (g *generation) at(o *v1alpha1.ResolvedOverlay) string {
	return fmt.Sprintf("spec.overlays[%d]", slices.IndexFunc(g.stack.Overlays, func(other v1alpha1.ResolvedOverlay) bool { return other.Name == o.Name }))
}

// overlayFiles are the files of an overlay's folder, by name.
func (g *generation) overlayFiles(parents []string, d overlay.Difference) (map[string][]byte, error) {
	files := map[string][]byte{}
	k := newKustomization("", d.Patches)
	k.Resources = slices.Clone(parents)
	for _, o := range d.New {
		name, err := addManifest(g.stack.Name, files, o, d.New)
		if err != nil {
			return nil, err
		}
		k.Resources = append(k.Resources, name)
	}
	var err error
	files["kustomization.yaml"], err = file.YAML(g.stack.Name, k, "")
	return files, err
}

// build builds the overlay's folder with these files over its bases.
func (g *generation) build(o *v1alpha1.ResolvedOverlay, files map[string][]byte) ([]Object, error) {
	folder, all := path.Join("overlays", o.Name), map[string][]byte{}
	for _, b := range o.Bases {
		maps.Copy(all, g.folders[b.Name])
	}
	for name, data := range files {
		all[path.Join(folder, name)] = data
	}
	return overlay.Build(all, folder)
}
