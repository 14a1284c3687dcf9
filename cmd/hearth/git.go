package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
)

// committedTree is the folder's generated tree as Git's HEAD holds it: empty if
// it holds none of it, nil if nobody knows, because the folder is in no
// repository or Git is missing.
func committedTree(ctx context.Context, folder string) (fs.FS, error) {
	git := func(arguments ...string) ([]byte, error) {
		return exec.CommandContext(ctx, "git", append([]string{"-C", folder}, arguments...)...).Output()
	}
	where, err := git("rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, nil
	}
	root, prefix, _ := strings.Cut(strings.TrimSuffix(string(where), "\n"), "\n")
	folder = root // in a folder below, git restricts a tree to what is there of it
	nothing := &zip.Reader{}
	if _, err := git("rev-parse", "--verify", "--quiet", "HEAD^{tree}"); err != nil {
		return nothing, nil // no commit yet
	}
	tree := "HEAD:" + prefix
	listed, err := git("ls-tree", "--name-only", "-z", tree)
	if err != nil {
		return nothing, nil // the folder is not committed
	}
	paths := []string{"archive", "--format=zip", "-0", tree}
	for name := range strings.SplitSeq(string(listed), "\x00") {
		switch name {
		case "bases", "overlays", "fleet.yaml":
			paths = append(paths, name)
		}
	}
	if len(paths) == 4 {
		return nothing, nil
	}
	data, err := git(paths...)
	if err != nil {
		return nil, fmt.Errorf("reading the tree that Git's HEAD holds: %w", err)
	}
	return zip.NewReader(bytes.NewReader(data), int64(len(data)))
}
