package images

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Builder makes artifacts and keeps them in a cache. Several processes, and goroutines of one, may share a cache: each
// artifact is built by one of them while the others wait.
type Builder struct {
	// Dir is the root of the cache. One folder per artifact lies below it.
	Dir string
	// Out takes the progress lines.
	Out io.Writer
}

// scratch is the folder of the cache for builds under way and for locks.
const scratch = "tmp"

// NewBuilder opens the cache at $HEARTH_E2E_CACHE, or below the user's cache folder ($XDG_CACHE_HOME, ~/.cache).
func NewBuilder(out io.Writer) (*Builder, error) {
	dir := os.Getenv("HEARTH_E2E_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("finding a folder for the image cache: %w; set HEARTH_E2E_CACHE", err)
		}
		dir = filepath.Join(user, "hearth", "e2e")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, scratch), 0o755); err != nil {
		return nil, fmt.Errorf("making the image cache: %w; set HEARTH_E2E_CACHE to a folder that can be written", err)
	}
	return &Builder{Dir: dir, Out: Synchronized(out)}, nil
}

// Empty reports whether the cache holds nothing yet, so that everything would have to be built.
func (b *Builder) Empty() (bool, error) {
	entries, err := os.ReadDir(b.Dir)
	return len(entries) <= 1, err // the scratch folder is always there
}

// Artifact is one folder of the cache and the way to make it.
type Artifact struct {
	// Name and Version are what a person reads in the cache, such as etcd and v3.6.5.
	Name, Version string
	// Recipe is everything else that decides the content: sources, flags, lists of packages. A changed recipe is
	// another artifact. The Go toolchain is left out on purpose: a patch release is no reason to compile for ten minutes.
	Recipe string
	// NeedMB is how much free disk building takes, in MB, what it keeps and what it throws away. Defaults to 500.
	NeedMB int64
	// Build fills dir, which exists and is empty. It may use dir for scratch, too, and must remove that scratch.
	Build func(ctx context.Context, dir string) error
}

// key is the name of the artifact's folder.
func (a Artifact) key() string {
	sum := sha256.Sum256([]byte(a.Name + "\x00" + a.Version + "\x00" + a.Recipe))
	clean := strings.NewReplacer("/", "_", ":", "_", "@", "_").Replace(a.Name + "-" + a.Version)
	return fmt.Sprintf("%s-%x", clean, sum[:5])
}

// Artifact returns the folder of a, building it when the cache lacks it. The folder appears in the cache by a rename,
// so a build that was killed is never taken for a complete one.
func (b *Builder) Artifact(ctx context.Context, a Artifact) (string, error) {
	final := filepath.Join(b.Dir, a.key())
	if exists(final) {
		return use(final), nil
	}
	unlock, err := b.lock(ctx, a)
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(final) { // another process built it while this one waited
		return final, nil
	}
	if err := b.sweep(a.key()); err != nil {
		return "", err
	}
	if err := CheckDisk(b.Dir, cmp.Or(a.NeedMB, 500), "set HEARTH_E2E_CACHE to a folder on a larger disk"); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(filepath.Join(b.Dir, scratch), a.key()+"~")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	done := b.progress("building %s %s", a.Name, a.Version)
	if err := a.Build(ctx, dir); err != nil {
		done("failed")
		return "", fmt.Errorf("building %s %s: %w", a.Name, a.Version, err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(dir, final); err != nil {
		return "", fmt.Errorf("keeping %s in the cache: %w", a.Name, err)
	}
	done("%s", size(final))
	return final, nil
}

// identity names a file or folder so that another content has another name: by its path in the cache, which holds the
// hash of a recipe, or for what lies outside of it by a hash of the content.
func (b *Builder) identity(source string) (string, error) {
	if below, err := filepath.Rel(b.Dir, source); err == nil && filepath.IsLocal(below) && !strings.HasPrefix(below, scratch) {
		return below, nil
	}
	sum := sha256.New()
	err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		below, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintf(sum, "\x00%s\x00", below)
		_, err = io.Copy(sum, file)
		return err
	})
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

func exists(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}
