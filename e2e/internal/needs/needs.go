// Package needs asks for the programs of a test before minutes are spent on it. It installs nothing: .ci/needs.sh does, and
// knows the packages that they are in.
package needs

import (
	"errors"
	"os/exec"
	"strings"
)

// Missing names all of the programs that this machine lacks, and what to do; nil if it has them.
func Missing(programs ...string) error { return MissingFor("full", programs...) }

// MissingFor is [Missing] for what .ci/needs.sh installs with another value of E2E.
func MissingFor(run string, programs ...string) error {
	var missing []string
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return errors.New("missing: " + strings.Join(missing, ", ") + "; run in the checkout, on Debian as root: E2E=" + run + " .ci/needs.sh")
}
