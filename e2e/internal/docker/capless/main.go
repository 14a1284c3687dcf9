package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/hearth-dev/hearth/e2e/internal/docker/capability"
)

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "capless:", err)
		os.Exit(1)
	}
}

// run edits the files that args name and replaces this process by runc, so that it returns only on failure.
func run(args []string) error {
	granted, err := capability.Host()
	if err != nil {
		return err
	}
	if err := restrict(args[1:], host{granted}); err != nil {
		return err
	}
	runc, err := exec.LookPath("runc")
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, args[1:]...), os.Environ())
}

// restrict edits the configuration of a container (create and run name its bundle) and of a process that joins one
// (exec names its file).
func restrict(args []string, h host) error {
	if bundle := flagValue(args, "--bundle", "-b"); bundle != "" {
		if err := edit(filepath.Join(bundle, "config.json"), h.restrictSpec); err != nil {
			return err
		}
	}
	if process := flagValue(args, "--process", "-p"); process != "" {
		return edit(process, h.restrictProcess)
	}
	return nil
}

// flagValue finds a flag's value in the forms that containerd's shim uses: "--flag value" and "--flag=value".
func flagValue(args []string, names ...string) string {
	for i, arg := range args {
		for _, name := range names {
			if value, ok := strings.CutPrefix(arg, name+"="); ok {
				return value
			}
			if arg == name && i+1 < len(args) {
				return args[i+1]
			}
		}
	}
	return ""
}
