package vet

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/remote"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// Folder builds a folder of kustomize on the disk and looks at the objects.
// Where it is, or is below, a folder with a fleet.yaml, it looks at that one as
// Fleet does. Kustomize knows no limits, and its time grows with the square of
// what it is given: what is not built in the time of package budget is an error.
func (c *Checker) Folder(folder string) (Result, error) {
	var objects []Object
	var failed error
	files := remote.New(newFolder())
	err := budget.Within("kustomize", func() { objects, failed = Build(files, folder) })
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w; give what it builds, in parts: kustomize build FOLDER | hearth vet -", folder, err)
	}
	if failed != nil {
		return Result{Name: folder, Findings: c.complete([]Finding{{Rule: "build", Message: files.Reason(failed).Error()}})}, nil
	}
	var facts Facts
	if err := budget.Within("looking for what applies the folder", func() { facts.Syncers = syncersOf(folder) }); err != nil {
		return Result{}, fmt.Errorf("%s: %w; give what it builds: kustomize build FOLDER | hearth vet -", folder, err)
	}
	r := Result{Name: folder, Objects: len(objects)}
	if err := budget.Within("looking at the objects", func() { r.Findings = c.Check(objects, facts) }); err != nil {
		return Result{}, fmt.Errorf("%s: %w; give them in several parts", folder, err)
	}
	bundle, err := bundleOf(folder)
	if err != nil || bundle == "" {
		return r, err
	}
	var found []Finding
	err = budget.Within("Fleet", func() { found, failed = c.Fleet(os.DirFS(bundle)) })
	r.Findings = append(r.Findings, found...)
	return r, cmp.Or(err, failed)
}

// disk is a file system whose files kustomize can decode without harm, however
// often it reads them: a base that two others have is read twice.
type disk struct {
	filesys.FileSystem
	values *atomic.Int64
}

func newFolder() disk { return disk{filesys.MakeFsOnDisk(), new(atomic.Int64)} }

// ReadFile reads a file that yamllimit approves of.
func (d disk) ReadFile(name string) ([]byte, error) {
	data, err := d.read(name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return data, nil
}

func (d disk) read(name string) ([]byte, error) {
	// Before it is opened: opening a pipe waits for a writer.
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, errNotRegular
	}
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := yamllimit.Read(f)
	if err != nil {
		return nil, err
	}
	if n := d.values.Add(int64(yamllimit.Places(data))); n > yamllimit.MaxValues {
		return nil, fmt.Errorf("the files of the folder, each as often as it is read, have more than %d places where a value may begin", yamllimit.MaxValues)
	}
	return data, yamllimit.Check(data)
}

var errNotRegular = errors.New("it is not a regular file")

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
