package images

import (
	"context"
	"os"
	"path/filepath"
)

// pythonVersion is Debian bookworm's, and that of the public Open WebUI image.
const pythonVersion = "3.11"

// platforms are pip's names for the wheels that run on Debian bookworm, by Go's name of the architecture.
var platforms = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// pythonPackages returns a folder with the packages of a lock file, as pip installs them for [pythonVersion]: one
// "name==version --hash=…" a line, dependencies included. Nothing in it was compiled, or run. It needs python3 with pip,
// of any version.
func (b *Builder) pythonPackages(ctx context.Context, name, version, lock string) (string, error) {
	args := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
		"--require-hashes", "--only-binary=:all:", "--implementation=cp", "--python-version=" + pythonVersion}
	// pip takes a platform by its very name: an older one is not implied.
	for _, glibc := range []string{"manylinux_2_28_", "manylinux_2_27_", "manylinux_2_26_", "manylinux_2_24_", "manylinux_2_17_",
		"manylinux2014_", "manylinux_2_12_", "manylinux_2_5_"} {
		args = append(args, "--platform="+glibc+platforms[architecture])
	}
	dir, err := b.Artifact(ctx, Artifact{
		Name:    name + "-packages",
		Version: version,
		Recipe:  lock + "\n" + pythonVersion + platforms[architecture],
		NeedMB:  2500,
		Build: func(ctx context.Context, dir string) error {
			file := filepath.Join(dir, "lock.txt")
			if err := os.WriteFile(file, []byte(lock), 0o644); err != nil {
				return err
			}
			if err := run(ctx, dir, nil, "python3", append(args, "--target="+filepath.Join(dir, "packages"), "--requirement="+file)...); err != nil {
				return err
			}
			return os.Remove(file)
		},
	})
	return filepath.Join(dir, "packages"), err
}
