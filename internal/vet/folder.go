package vet

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// disk is a file system whose files kustomize can decode without harm, however
// often it reads them: a base that two others have is read twice.
type disk struct {
	filesys.FileSystem
	values *atomic.Int64
	unseen *[]Unseen // of the kustomizations that were read
}

func newFolder() disk { return disk{filesys.MakeFsOnDisk(), new(atomic.Int64), new([]Unseen)} }

// ReadFile reads a file that yamllimit approves of.
func (d disk) ReadFile(name string) ([]byte, error) {
	data, err := d.read(name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(name)) {
		var unseen []Unseen
		data, unseen = withoutCharts(data)
		for _, row := range unseen {
			if !slices.Contains(*d.unseen, row) { // a base that two others have
				*d.unseen = append(*d.unseen, row)
			}
		}
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

// bare is a variable in a list or a mapping on one line, and in no quotes.
var bare = lazyregexp.New(`[\[{,:] *[^"'\s]*\$\{`)

// Objects looks at rendered YAML.
func (c *Checker) Objects(name string, data []byte) Result {
	objects, err := Decode(data)
	if err != nil {
		fix := "give it what kustomize build or helm template prints"
		if bare().Match(data) && strings.Contains(err.Error(), "did not find expected") {
			fix = `put quotes around a text with ${...} that stands in {} or []: its brace ends them`
		}
		return Result{Name: name, Findings: c.complete([]Finding{{Rule: "build", Message: err.Error(), Fix: fix}})}
	}
	r := Result{Name: name, Objects: len(objects), Workloads: workloads(objects), Findings: c.Check(objects, Facts{})}
	r.Unseen = unseenOf(objects)
	if len(objects) == 0 {
		r.Unseen = []Unseen{nothing}
	}
	return r
}
