package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/internal/upgrade"
)

// committedTree is the tree that Git's HEAD has below a folder: empty if nothing is
// committed, nil without a repository or git.
func committedTree(ctx context.Context, folder string) (map[string][]byte, error) {
	files, _, err := gitTree(ctx, folder, "HEAD")
	switch {
	case errors.Is(err, errNoRepository):
		return nil, nil
	case errors.Is(err, errNoCommit):
		return map[string][]byte{}, nil
	}
	return files, err
}

var (
	errNoRepository = errors.New("no repository")
	errNoCommit     = errors.New("git knows no commit")
)

// gitTree is the generated tree below a folder as a commit has it, and the
// commit. It asks for the blobs themselves: git archive would obey the
// attributes of the folder.
func gitTree(ctx context.Context, folder, revision string) (files map[string][]byte, commit string, err error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	id, err := git(ctx, folder, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		if _, inside := git(ctx, folder, nil, "rev-parse", "--git-dir"); inside != nil {
			return nil, "", fmt.Errorf("%s is in %w (%w); give the folder that holds the old tree: --from FOLDER", folder, errNoRepository, inside)
		}
		return nil, "", fmt.Errorf("%w %q in %s; name another with --against, or the folder that holds the old tree: --from FOLDER", errNoCommit, revision, folder)
	}
	commit = strings.TrimSpace(string(id))
	list, err := git(ctx, folder, nil, "ls-tree", "-r", "-l", "-z", commit, "--", "bases", "overlays", "fleet.yaml", "fleet")
	if err != nil {
		return nil, "", err
	}
	var names []string
	var ids bytes.Buffer
	for entry := range strings.SplitSeq(string(list), "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about)
		if len(fields) != 4 || !strings.HasPrefix(fields[0], "100") { // links and modules are no files
			continue
		}
		if strings.HasPrefix(name, "fleet/") && path.Base(name) != "fleet.yaml" { // copies, for a bundle
			continue
		}
		if size, err := strconv.ParseInt(fields[3], 10, 64); err != nil || size > upgrade.MaxFile {
			continue
		}
		names = append(names, name)
		ids.WriteString(fields[2] + "\n")
	}
	blobs, err := git(ctx, folder, &ids, "cat-file", "--batch")
	if err != nil {
		return nil, "", err
	}
	files, err = unbatch(blobs, names)
	return files, commit, err
}

// unbatch reads what git cat-file --batch says of blobs of these names.
func unbatch(blobs []byte, names []string) (map[string][]byte, error) {
	files := map[string][]byte{}
	r := bufio.NewReader(bytes.NewReader(blobs))
	for _, name := range names {
		head, err := r.ReadString('\n')
		fields := strings.Fields(head)
		if err != nil || len(fields) != 3 {
			return nil, fmt.Errorf("git cat-file: %s: got %q, want a blob", name, head)
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size > upgrade.MaxFile {
			return nil, fmt.Errorf("git cat-file: %s: got %q, want a size", name, head)
		}
		data := make([]byte, size+1) // a line end follows
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, fmt.Errorf("git cat-file: %s: %w", name, err)
		}
		if data = data[:size]; upgrade.Manifest(data) {
			files[name] = data
		}
	}
	return files, nil
}

func git(ctx context.Context, folder string, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = folder, stdin
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && stderr.Len() > 0 {
		said, _, _ := strings.Cut(stderr.String(), "\n")
		return nil, fmt.Errorf("git says %q", strings.TrimPrefix(said, "fatal: "))
	}
	return out, err
}
