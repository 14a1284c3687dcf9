package needs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/needs"
)

func TestMissing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	const want = "missing: chromium, certutil; run in the checkout, on Debian as root: E2E=full .ci/needs.sh"
	if err := needs.Missing("chromium", "certutil"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, program := range []string{"chromium", "certutil"} {
		if err := os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(nil, needs.Missing("chromium", "certutil")); diff != "" {
		t.Errorf("with both (-want +got):\n%s", diff)
	}
}
