package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// debian are the programs it takes and the Debian packages that hold them.
var debian = map[string]string{"chromium": "chromium", "certutil": "libnss3-tools"}

// Install finds the programs it takes. In CI it installs what is missing; elsewhere the error says how, since a person's
// machine is theirs.
func Install(ctx context.Context) error {
	var missing []string
	for program, pkg := range debian {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	install := "apt-get install --yes --no-install-recommends fonts-dejavu-core " + strings.Join(missing, " ")
	if os.Getenv("CI") != "true" {
		return fmt.Errorf("the browser needs the Debian packages %s; install them: %s", strings.Join(missing, " and "), install)
	}
	out, err := exec.CommandContext(ctx, "sh", "-c", "apt-get update && DEBIAN_FRONTEND=noninteractive "+install).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", install, err, out)
	}
	return nil
}
