package docker

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// Container is one that [Run] started.
type Container struct {
	// ID as the daemon knows it.
	ID string
	// PID of its first process on this machine, by which its control groups are found.
	PID int
	// Address is its IP address on the daemon's bridge.
	Address string
}

// Run starts a container in the background. args are what stands between `docker run` and the end of the line: flags, the
// image, its arguments.
func Run(ctx context.Context, args ...string) (Container, error) {
	id, err := run(ctx, append([]string{"run", "--detach"}, args...)...)
	if err != nil {
		return Container{}, err
	}
	c := Container{ID: id}
	state, err := run(ctx, "inspect", "--format", "{{.State.Pid}} {{.NetworkSettings.IPAddress}}", id)
	if err != nil {
		return c, err
	}
	pid, address, _ := strings.Cut(state, " ")
	c.Address = address
	if c.PID, err = strconv.Atoi(pid); err != nil {
		return c, fmt.Errorf("docker inspect %s: %w", id, err)
	}
	if c.PID == 0 || c.Address == "" {
		return c, fmt.Errorf("container %s has no process or no address: did it end at once? See: docker logs %[1]s", id)
	}
	return c, nil
}

// Remove ends the container and removes it.
func (c Container) Remove(ctx context.Context) error {
	_, err := run(ctx, "rm", "--force", "--volumes", c.ID)
	return err
}

// Logs returns what its processes said, on both streams.
func (c Container) Logs(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "docker", "logs", c.ID).CombinedOutput()
	return string(out), err
}

// Running reports whether its first process is alive.
func (c Container) Running(ctx context.Context) (bool, error) {
	running, err := run(ctx, "inspect", "--format", "{{.State.Running}}", c.ID)
	return running == "true", err
}
