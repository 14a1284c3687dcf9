package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Run executes a program in dir and keeps its output out of sight unless it fails. env is added to this process's
// environment. When ctx ends, the program is interrupted, and killed with all that it started if that does not help.
func Run(ctx context.Context, dir string, env []string, program string, args ...string) error {
	log, err := os.CreateTemp("", "hearth-e2e-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()

	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%s %s: %w; its last lines:\n%s", filepath.Base(program), strings.Join(args, " "), err, lastLines(log.Name(), 30))
	}
	return nil
}

// lastLines returns the end of a log, which is where programs say what went wrong.
func lastLines(file string, count int) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
