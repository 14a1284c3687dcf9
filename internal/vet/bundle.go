package vet

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"testing/fstest"

	"github.com/hearth-dev/hearth/generator"
)

const (
	// maxBundle is how many bytes are read of a folder that Fleet packs, a file once
	// for each bundle that has it. Fleet takes 1 MB of it, compressed.
	maxBundle = 16 << 20
	// maxBundleFiles is how many files are read of it. Each takes 0.1 ms.
	maxBundleFiles = 10_000
)

// packed is a folder for Fleet's simulator, which reads all of it.
type packed struct {
	fs.FS
	bytes, files *atomic.Int64 // read, less what is known to be there
}

func newPacked(folder fs.FS) packed { return packed{folder, new(atomic.Int64), new(atomic.Int64)} }

// less takes what a stack is rendered to from the limits: it has one of its own.
func (p packed) less(files []generator.File) {
	for _, f := range files {
		p.files.Add(-1)
		p.bytes.Add(-int64(len(f.Data)))
	}
}

// holdsExactly reports whether a folder has these files and nothing else.
func holdsExactly(folder fs.FS, files fstest.MapFS) bool {
	found := 0
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want := files[name]
		if info, err := d.Info(); err != nil || want == nil || !info.Mode().IsRegular() || info.Size() != int64(len(want.Data)) {
			return errOther
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil || !bytes.Equal(data, want.Data) {
			return errOther
		}
		found++
		return nil
	})
	return err == nil && found == len(files)
}

var errOther = errors.New("another file")

// Stat is what [fs.Stat] asks: it opens nothing where the folder can do without.
func (p packed) Stat(name string) (fs.FileInfo, error) { return fs.Stat(p.FS, name) }

// ReadDir is what [fs.ReadDir] asks.
func (p packed) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(p.FS, name) }

// ReadFile is what [fs.ReadFile] asks.
func (p packed) ReadFile(name string) ([]byte, error) {
	info, err := p.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: %w", name, errNotRegular)
	case p.files.Add(1) > maxBundleFiles:
		return nil, fmt.Errorf("the folder has more than %d files to pack; name what is not deployed in .fleetignore", maxBundleFiles)
	case p.bytes.Add(info.Size()) > maxBundle:
		return nil, fmt.Errorf("the folder has more than %d MiB to pack, and Fleet takes 1 MB of it, compressed; name what is not deployed in .fleetignore", maxBundle>>20)
	}
	return fs.ReadFile(p.FS, name)
}
