package main

import (
	"io/fs"
	"os"
	"slices"
	"strings"
)

// repository is a folder as a clone of it would be: without what Git ignores at
// its top, such as programs that were built there.
type repository struct {
	fs.FS
	entries []string // of the top, folders with a slash at the end
}

func newRepository(dir string, entries []string) repository {
	return repository{os.DirFS(dir), entries}
}

// ReadDir is what [fs.WalkDir] asks.
func (r repository) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(r.FS, name)
	if name != "." {
		return entries, err
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return !slices.ContainsFunc(r.entries, func(known string) bool { return strings.TrimSuffix(known, "/") == e.Name() })
	}), err
}
