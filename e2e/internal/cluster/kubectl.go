package cluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Kubectl runs the node's kubectl as cluster-admin and returns what it printed. It spares the machine a kubectl of its own,
// and its version is always the cluster's. Paths are those of the node; see [Cluster.Copy]. stdin may be nil.
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

// Copy puts a file or folder of this machine onto the node, at a path that does not exist there yet.
func (c *Cluster) Copy(ctx context.Context, from, to string) error {
	if out, err := exec.CommandContext(ctx, "docker", "cp", from, c.Node()+":"+to).CombinedOutput(); err != nil {
		return fmt.Errorf("copying %s to the node: %w: %s", from, err, strings.TrimSpace(string(out)))
	}
	return nil
}
