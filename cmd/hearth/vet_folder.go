package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"
)

// gitTimeout is far more than git needs to list files, even on a network disk.
const gitTimeout = 30 * time.Second

// repository is a folder as a clone of it would be: without what Git ignores,
// such as other people's repositories that were cloned into it.
type repository struct {
	fs.FS
	ignored []string // slash-separated, sorted
}

// newRepository asks git. Where there is none, or no repository, everything in
// the folder counts.
func newRepository(ctx context.Context, dir string) repository {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
	cmd.Dir = dir
	r := repository{FS: os.DirFS(dir)}
	if out, err := cmd.Output(); err == nil {
		for name := range strings.SplitSeq(string(out), "\x00") {
			r.ignored = append(r.ignored, strings.TrimSuffix(name, "/"))
		}
	}
	slices.Sort(r.ignored)
	return r
}

// ReadDir is what [fs.WalkDir] asks.
func (r repository) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(r.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		_, ignored := slices.BinarySearch(r.ignored, path.Join(name, e.Name()))
		return ignored
	}), err
}

// Stat opens nothing, which would wait at a pipe.
func (r repository) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.FS, name) }
