package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Kubectl runs the node's kubectl as cluster-admin and returns what it printed. It spares the machine a kubectl of its own,
// and its version is always the cluster's. Paths are those of the node; see [Cluster.CopyDir]. stdin may be nil.
func (c *Cluster) Kubectl(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	command := []string{"exec", "--interactive", c.Node(), "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf"}
	cmd := exec.CommandContext(ctx, "docker", append(command, args...)...)
	cmd.Stdin = stdin
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// CopyDir puts the content of a folder of this machine into a folder of the node, which is made if need be.
func (c *Cluster) CopyDir(ctx context.Context, from, to string) error {
	// Not docker cp: it writes below what is mounted in the node, and /tmp there is a mount.
	pack := exec.CommandContext(ctx, "tar", "--create", "--directory", from, ".")
	unpack := exec.CommandContext(ctx, "docker", "exec", "--interactive", c.Node(), "sh", "-euc", `mkdir -p "$1"; exec tar --extract --no-same-owner --directory "$1"`, "sh", to)
	var stderr bytes.Buffer
	pack.Stderr, unpack.Stderr = &stderr, &stderr
	var err error
	if unpack.Stdin, err = pack.StdoutPipe(); err != nil {
		return err
	}
	if err := pack.Start(); err != nil {
		return err
	}
	if err := errors.Join(unpack.Run(), pack.Wait()); err != nil {
		return fmt.Errorf("copying %s to the node: %w: %s", from, err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
