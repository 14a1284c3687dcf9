package upgrade

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/build/fleet"
	"github.com/hearth-dev/hearth/internal/remote"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// tree is the content of bases/, overlays/, fleet.yaml and that of each bundle by path.
type tree map[string][]byte

// maxFile leaves out what no manifest is: a model or an archive that somebody
// put beside the overlays.
const maxFile = 1 << 20

// maxPlaces leaves out what kustomize would take seconds for, by package
// yamllimit. An object of 1 MiB with as many as it can has 500,000.
const maxPlaces = 20_000

// load reads the tree on disk. Files that a person added count: kustomize may
// need them. Links do not, and a tree without them at worst does not build.
func load(disk fs.FS) (tree, error) {
	t := tree{}
	for _, folder := range []string{"bases", "overlays"} {
		if info, err := fs.Lstat(disk, folder); err != nil || !info.IsDir() {
			continue
		}
		err := fs.WalkDir(disk, folder, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				err = t.read(disk, file, entry)
			}
			if gone(err) {
				return nil
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reading the tree on disk: %w", err)
		}
	}
	several, err := fs.Glob(disk, path.Join(fleet.Folder, "*", fleetFile))
	if err != nil {
		return nil, fmt.Errorf("reading the tree on disk: %w", err)
	}
	for _, file := range append(several, fleetFile) {
		info, err := fs.Lstat(disk, file)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
			continue
		}
		data, err := fs.ReadFile(disk, file)
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the tree on disk: %w", err)
		}
		t[file] = data
	}
	return t, nil
}

// read takes a file of the tree, unless it is larger than any manifest.
func (t tree) read(disk fs.FS, file string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil || info.Size() > maxFile {
		return err
	}
	data, err := fs.ReadFile(disk, file)
	if err == nil && yamllimit.Places(data) <= maxPlaces {
		t[file] = data
	}
	return err
}

// gone is the error for a file that another run took away since its folder was read.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// memory is the tree as kustomize reads it.
func (t tree) memory() (filesys.FileSystem, error) {
	memory := filesys.MakeFsInMemory()
	for file, data := range t {
		if err := memory.WriteFile(file, data); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return memory, nil
}

// id is what an object is known by on a cluster. The version is not part of
// it: apps/v1 and apps/v1beta1 name one Deployment.
type id struct{ group, kind, namespace, name string }

func (i id) itself() id { return i }

// anywhere is the object in whichever namespace.
func (i id) anywhere() id {
	i.namespace = ""
	return i
}

func (i id) String() string {
	if i.namespace == "" {
		return i.kind + " " + i.name
	}
	return i.kind + " " + i.namespace + "/" + i.name
}

// build runs kustomize as Fleet's agent does: in memory, without plugins, and
// with nothing loaded from outside a kustomization's folder.
func build(memory filesys.FileSystem, folder string) (map[id]map[string]any, error) {
	// The default options are Fleet's.
	local := remote.New(memory)
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(local, folder)
	if err != nil {
		return nil, local.Reason(err)
	}
	objects := map[id]map[string]any{}
	for _, r := range built.Resources() {
		object, err := r.Map()
		if err != nil {
			return nil, err
		}
		gvk := r.GetGvk()
		objects[id{gvk.Group, gvk.Kind, r.GetNamespace(), r.GetName()}] = object
	}
	return objects, nil
}
