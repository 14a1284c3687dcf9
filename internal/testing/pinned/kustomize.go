// Package pinned builds the programs of others that tests run, each at one
// version, and keeps them in the user's cache folder.
package pinned

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// KustomizeVersion is the release of the kustomize command that goes with the
// kustomize libraries in go.mod.
const KustomizeVersion = "v5.8.2"

// Kustomize returns the path of the kustomize command. The first call on a
// machine compiles it from the module proxy, which takes a minute.
func Kustomize(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a place for kustomize: %w", err)
	}
	dir := filepath.Join(cache, "hearth", "kustomize-"+KustomizeVersion)
	path := filepath.Join(dir, "kustomize")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("making a place for kustomize: %w", err)
	}
	// Compiled beside its place and moved there: another test may look for it.
	work, err := os.MkdirTemp(dir, "build-")
	if err != nil {
		return "", fmt.Errorf("making a place for kustomize: %w", err)
	}
	defer os.RemoveAll(work)
	module := "sigs.k8s.io/kustomize/kustomize/v5@" + KustomizeVersion
	cmd := exec.CommandContext(ctx, "go", "install", module)
	cmd.Env = append(os.Environ(), "GOBIN="+work, "GOFLAGS=", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w\n%s", module, err, strings.TrimSpace(string(said)))
	}
	return path, os.Rename(filepath.Join(work, "kustomize"), path)
}
