package vet

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// Folder builds a folder of kustomize on the disk and looks at the objects.
// Where it is, or is below, a folder with a fleet.yaml, it looks at that one as
// Fleet does.
func (c *Checker) Folder(folder string) (Result, error) {
	objects, err := Build(limited{filesys.MakeFsOnDisk()}, folder)
	if err != nil {
		return Result{Name: folder, Findings: c.complete([]Finding{{Rule: "build", Message: err.Error()}})}, nil
	}
	r := Result{Name: folder, Objects: len(objects), Findings: c.Check(objects, Facts{})}
	bundle, err := bundleOf(folder)
	if err != nil || bundle == "" {
		return r, err
	}
	found, err := c.Fleet(os.DirFS(bundle))
	r.Findings = append(r.Findings, found...)
	return r, err
}

// limited is a file system whose files kustomize can decode without harm.
type limited struct{ filesys.FileSystem }

// ReadFile reads a file that yamllimit approves of.
func (l limited) ReadFile(name string) ([]byte, error) {
	f, err := l.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := yamllimit.Read(f)
	if err == nil {
		err = yamllimit.Check(data)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

// bundleOf is the nearest folder with a fleet.yaml, up to the root of the
// repository; "" if there is none.
func bundleOf(folder string) (string, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "fleet.yaml")); err == nil {
			return dir, nil
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || filepath.Dir(dir) == dir {
			return "", nil
		}
		dir = filepath.Dir(dir)
	}
}

// Objects looks at rendered YAML.
func (c *Checker) Objects(name string, data []byte) Result {
	objects, err := Decode(data)
	if err != nil {
		return Result{Name: name, Findings: c.complete([]Finding{{Rule: "build", Message: err.Error(), Fix: "give it what kustomize build or helm template prints"}})}
	}
	return Result{Name: name, Objects: len(objects), Findings: c.Check(objects, Facts{})}
}
