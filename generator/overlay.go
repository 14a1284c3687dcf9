package generator

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/catalog"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// builtOverlay is the files of overlays/<name>, by name, what they build to with
// their bases, if somebody asks later, and the problems in that.
type builtOverlay struct {
	files   map[string][]byte
	objects []Object
	found   problem.List
}

// addOverlays writes overlays/.
func (g *generation) addOverlays() error {
	made := make([]builtOverlay, len(g.stack.Overlays))
	err := inParallel(len(made), func(i int) (err error) {
		if made[i], err = g.overlay(i); err != nil {
			return fmt.Errorf("spec.overlays[%d] (%s): %w", i, g.stack.Overlays[i].Name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, o := range g.stack.Overlays {
		g.overlays[o.Name] = made[i].objects
		g.found = append(g.found, made[i].found...)
		for name, data := range made[i].files {
			g.files[path.Join("overlays", o.Name, name)] = data
		}
	}
	return nil
}

// overlay makes the i-th overlay, and looks at its objects.
func (g *generation) overlay(i int) (builtOverlay, error) {
	o := &g.stack.Overlays[i]
	at := fmt.Sprintf("spec.overlays[%d]", i)
	var want []Object
	for j := range o.Bases {
		b := build.InOverlay(o, j)
		if err := g.overriddenPatches(fmt.Sprintf("%s.bases[%d].patches", at, j), &b); err != nil {
			return builtOverlay{}, err
		}
		objects, err := g.flatBase(&b)
		if err != nil {
			return builtOverlay{}, fmt.Errorf("bases[%d] (%s): %w", j, b.Name, err)
		}
		want = append(want, objects...)
	}
	proven, err := g.provenOverlay(at, o, want)
	if err != nil {
		return builtOverlay{}, err
	}
	made := builtOverlay{files: proven.Files, objects: want}
	if hasOwn(o) {
		made.objects = proven.Objects
	}
	if g.checks {
		made.found = look(g.stack, o, at, made.objects)
	}
	if !catalog.Shows(g.stack, o) { // a thousand take a hundred megabytes
		made.objects = nil
	}
	return made, nil
}

// hasOwn reports whether an overlay brings more than what its bases with their
// overrides are.
func hasOwn(o *v1alpha1.ResolvedOverlay) bool { return len(o.Resources)+len(o.Patches) > 0 }

// provenOverlay is the files of an overlay, by name, that kustomize has built to
// what is wanted; with resources and patches of its own, also what that is.
type provenOverlay struct {
	Files   map[string][]byte `json:"files"`
	Objects []Object          `json:"objects,omitempty"`
}

// provenOverlay makes the files of an overlay, at its path of the stack, from the
// objects of its merged bases.
func (g *generation) provenOverlay(at string, o *v1alpha1.ResolvedOverlay, want []Object) (provenOverlay, error) {
	var bases []map[string][]byte
	for _, b := range o.Bases {
		bases = append(bases, g.bases[b.Name].files)
	}
	parts := []any{g.stack.Name, o.Name, bases, want, o.Resources, o.Patches}
	return remembered(g.memory, "overlay", parts, func() (provenOverlay, error) { return g.prove(at, o, want) })
}

// prove computes the difference between the bases and the wanted objects, with the
// overlay's own resources and patches after it.
func (g *generation) prove(at string, o *v1alpha1.ResolvedOverlay, want []Object) (provenOverlay, error) {
	var base []Object
	var parents []string
	for _, b := range o.Bases {
		base = append(base, g.bases[b.Name].objects...)
		parents = append(parents, "../../bases/"+b.Name)
	}
	difference, err := overlay.Compute(base, want, o.Patches, func(d overlay.Difference) ([]Object, error) {
		files, err := g.overlayFiles(parents, d)
		if err != nil {
			return nil, err
		}
		return g.build(o, files)
	})
	if err != nil {
		return provenOverlay{}, err
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
	if err := misses(at+".patches", o.Patches, want, with); err != nil {
		return provenOverlay{}, err
	}
	difference.Patches = append(difference.Patches, o.Patches...)
	proven := provenOverlay{}
	if proven.Files, err = g.overlayFiles(parents, difference); err != nil {
		return provenOverlay{}, err
	}
	if hasOwn(o) { // else Compute has built it
		if proven.Objects, err = g.build(o, proven.Files); err != nil {
			return provenOverlay{}, blame(at+".patches", o.Patches, patchError(o.Patches, err), with)
		}
	}
	return proven, nil
}

// overriddenPatches looks at the patches of a base, at their path, that an overlay
// wrote. Those of the base itself may lose their objects with what the overlay
// leaves out.
func (g *generation) overriddenPatches(at string, b *v1alpha1.Base) error {
	if of := g.stack.Base(b.Name); of != nil && reflect.DeepEqual(of.Patches, b.Patches) {
		return nil
	}
	_, written, err := g.baseFiles(b)
	if err != nil {
		return err
	}
	_, err = remembered(g.memory, "overridden patches", []any{b.Namespace, written, b.Patches}, func() (found bool, err error) {
		err = misses(at, b.Patches, written, g.withPatches(b))
		return err == nil, err
	})
	return err
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
		maps.Copy(all, g.bases[b.Name].files)
	}
	for name, data := range files {
		all[path.Join(folder, name)] = data
	}
	return overlay.Build(all, folder)
}
