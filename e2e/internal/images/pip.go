package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// pythonVersion is Debian bookworm's, and that of the public Open WebUI image.
const pythonVersion = "3.11"

// platforms are pip's names for the wheels that run on Debian bookworm, by Go's name of the architecture.
var platforms = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// pythonPackages returns a folder with the packages of a lock file, as pip installs them for [pythonVersion]: one
// "name==version --hash=…" a line, dependencies included. Nothing in it was compiled, or run. It needs python3 with pip,
// of any version, and needMB of disk while it works.
func (b *Builder) pythonPackages(ctx context.Context, name, version, lock string, needMB int64) (string, error) {
	args := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
		"--require-hashes", "--only-binary=:all:", "--implementation=cp", "--python-version=" + pythonVersion}
	// pip takes a platform by its very name: an older one is not implied.
	for glibc := 28; glibc >= 5; glibc-- {
		args = append(args, fmt.Sprintf("--platform=manylinux_2_%d_%s", glibc, platforms[architecture]))
	}
	args = append(args, "--platform=manylinux2014_"+platforms[architecture])
	dir, err := b.Artifact(ctx, Artifact{
		Name:    name + "-packages",
		Version: version,
		Recipe:  lock + "\n" + pythonVersion + platforms[architecture],
		NeedMB:  needMB,
		Build: func(ctx context.Context, dir string) error {
			file := filepath.Join(dir, "lock.txt")
			if err := os.WriteFile(file, []byte(lock), 0o644); err != nil {
				return err
			}
			if err := Run(ctx, dir, nil, "python3", append(args, "--target="+filepath.Join(dir, "packages"), "--requirement="+file)...); err != nil {
				return err
			}
			return os.Remove(file)
		},
	})
	return filepath.Join(dir, "packages"), err
}
