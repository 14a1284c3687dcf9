package origin

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// figures are what a run writes into the checkout itself.
var figures = []string{"docs", "e2e/calibrate/testdata"}

// Commit is the one that is checked out at root, in short, and says so where
// files differ from it. Figures that a run wrote before are no difference.
func Commit(ctx context.Context, root string) (string, error) {
	hash, err := git(ctx, root, "rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "", err
	}
	status := []string{"status", "--porcelain", "--", ":(top)"}
	for _, folder := range figures {
		status = append(status, ":(top,exclude)"+folder)
	}
	changes, err := git(ctx, root, status...)
	if err != nil {
		return "", err
	}
	if changes != "" {
		return hash + " with uncommitted changes", nil
	}
	return hash, nil
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking git which commit is measured: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}
