package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
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
	state, err := c.inspect(ctx)
	if err != nil {
		return c, err
	}
	c.PID, c.Address = state.State.Pid, state.NetworkSettings.IPAddress
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

// Running says whether its first process is alive.
func (c Container) Running(ctx context.Context) (bool, error) {
	state, err := c.inspect(ctx)
	return state.State.Running, err
}

type inspected struct {
	State struct {
		Pid     int
		Running bool
	}
	NetworkSettings struct{ IPAddress string }
}

func (c Container) inspect(ctx context.Context) (inspected, error) {
	out, err := run(ctx, "inspect", c.ID)
	if err != nil {
		return inspected{}, err
	}
	var all []inspected
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		return inspected{}, err
	}
	if len(all) != 1 {
		return inspected{}, fmt.Errorf("docker inspect %s: %d answers, want 1", c.ID, len(all))
	}
	return all[0], nil
}
