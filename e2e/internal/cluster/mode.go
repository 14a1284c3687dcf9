package cluster

import (
	"fmt"
	"os"
)

// Mode says where container images come from.
type Mode string

const (
	// Pull takes published images from their registries: for any machine on the internet.
	Pull Mode = "pull"
	// Source builds every image from Go modules and Debian's packages: for a machine without a container registry.
	Source Mode = "source"
)

// ModeVariable is the environment variable that chooses between the modes.
const ModeVariable = "HEARTH_E2E_IMAGES"

// FullRun is the command that runs every end-to-end test in this mode.
func (m Mode) FullRun() string {
	if m == Source {
		return ModeVariable + "=source make e2e-full"
	}
	return "make e2e-full"
}

// ModeFromEnvironment reads the mode from [ModeVariable]. Defaults to [Pull].
func ModeFromEnvironment() (Mode, error) {
	switch mode := Mode(os.Getenv(ModeVariable)); mode {
	case "":
		return Pull, nil
	case Pull, Source:
		return mode, nil
	default:
		return "", fmt.Errorf("%s: unsupported value: %q: supported values: %q, %q", ModeVariable, mode, Pull, Source)
	}
}

// Programs are those that a cluster is made with. Where the images are built here, debootstrap unpacks Debian for them.
func (m Mode) Programs() []string {
	if m == Source {
		return []string{"docker", "debootstrap"}
	}
	return []string{"docker"}
}
