package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// gitTimeout is far more than git needs to list files, even on a network disk.
const gitTimeout = 30 * time.Second

// entries lists what stands at the top of the output folder, folders with a
// slash at the end. Git is asked first: what it ignores is in nobody else's
// clone, and .fleetignore has to come out the same there. A doubt is returned as a
// warning.
func entries(ctx context.Context, dir string) (names []string, warning string, err error) {
	onDisk, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading the output folder: %w", err)
	}
	known, err := gitEntries(ctx, dir)
	if err != nil {
		warning = fmt.Sprintf("git could not list %s, so .fleetignore may name files that are not in the repository: %v", dir, err)
	}
	for _, entry := range onDisk {
		name := entry.Name()
		if known != nil && !known[name] {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, warning, nil
}

// gitEntries is the set of names below dir that are in the repository or would
// be after git add; nil where there is no repository, or no git.
func gitEntries(ctx context.Context, dir string) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound), strings.Contains(stderr.String(), "not a git repository"):
		return nil, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("git ls-files: %w", ctx.Err())
	case err != nil:
		message, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return nil, fmt.Errorf("git ls-files: %s", message)
	}
	known := map[string]bool{}
	for file := range strings.SplitSeq(string(out), "\x00") {
		top, _, _ := strings.Cut(filepath.ToSlash(file), "/")
		known[top] = true
	}
	return known, nil
}
