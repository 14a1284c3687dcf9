package docker

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Daemon is what the daemon said about itself.
type Daemon struct {
	// Root is the folder in which it keeps images and containers.
	Root string
	// CgroupVersion of the host: 1 or 2.
	CgroupVersion string
}

// Ask finds the daemon, or fails saying how to get one.
func Ask(ctx context.Context) (Daemon, error) {
	out, err := run(ctx, "info", "--format", "{{.DockerRootDir}} {{.CgroupVersion}}")
	if err != nil {
		return Daemon{}, fmt.Errorf("no Docker daemon answers: %w; install Docker and start it, on Debian with .ci/needs.sh", err)
	}
	root, cgroup, _ := strings.Cut(out, " ")
	return Daemon{Root: root, CgroupVersion: cgroup}, nil
}

// loadMB is what the daemon's disk needs free: for the largest image, twice while it is loaded, and a node's volume.
const loadMB = 5000

// Load gives image to the daemon unless it is there already. An older image under the same reference is replaced. It
// reports whether it loaded.
func (d Daemon) Load(ctx context.Context, image images.Image) (bool, error) {
	content, err := tarball.ImageFromPath(image.Tar, nil)
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", image.Tar, err)
	}
	want, err := content.ConfigName()
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", image.Tar, err)
	}
	// The daemon knows an image by the digest of its config. That it has none under this reference is no failure.
	have, err := run(ctx, "image", "inspect", "--format", "{{.Id}}", image.Ref)
	if err == nil && have == want.String() {
		return false, nil
	}
	if err := images.CheckDisk(d.Root, loadMB, "move data-root in /etc/docker/daemon.json to a larger disk"); err != nil {
		return false, fmt.Errorf("loading %s: %w", image.Ref, err)
	}
	if _, err := run(ctx, "load", "--quiet", "--input", image.Tar); err != nil {
		return false, fmt.Errorf("loading %s: %w", image.Ref, err)
	}
	if have != "" {
		// The image that lost its reference is a gigabyte. It stays if a container still uses it.
		_, _ = run(ctx, "image", "rm", have)
	}
	return true, nil
}

// TopLayer returns the folder of this machine that holds the files of the image's uppermost layer.
func TopLayer(ctx context.Context, ref string) (string, error) {
	return run(ctx, "image", "inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", ref)
}

// Containers returns the names of the containers that carry a label, running or not.
func Containers(ctx context.Context, label string) ([]string, error) {
	out, err := run(ctx, "ps", "--all", "--filter", "label="+label, "--format", "{{.Names}}")
	return strings.Fields(out), err
}

func run(ctx context.Context, args ...string) (string, error) {
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
