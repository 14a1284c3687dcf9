package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

// TestGallery: each of the homes renders without a warning but that images are
// not locked and a controller is retired, vet finds nothing but what the home itself accepts, and the page
// shows it, with the address of the schema in the place of the path.
func TestGallery(t *testing.T) {
	const homes = "../../examples/homes"
	entries, err := os.ReadDir(homes)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(homes, entry.Name(), stackFile))
		if err != nil {
			t.Fatal(err)
		}
		_, below, _ := strings.Cut(string(text), "\n")
		shown[entry.Name()] = "\n```yaml\n# yaml-language-server: $schema=" + schemaURL() + "\n" + below + "```\n"
		t.Run(entry.Name(), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), stackFile)
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(hearth(t, "render", "-f", file)) {
				if strings.Contains(line, "warning:") && !strings.Contains(line, "run: hearth lock") && !strings.Contains(line, "ingress-nginx is retired") && !strings.Contains(line, "Ollama, which has no password") {
					t.Errorf("render says: %s", line)
				}
			}
			counted := 0
			for line := range strings.Lines(hearth(t, "vet", "-f", file)) {
				accepted := strings.Contains(string(text), "\n  exceptions:")
				if !strings.Contains(line, " 0 errors, 0 warnings, ") || strings.HasSuffix(line, " 0 accepted\n") == accepted {
					t.Errorf("vet says: %s", line)
				}
				counted++
			}
			if counted == 0 {
				t.Error("vet says nothing")
			}
		})
	}
	if len(shown) < 6 {
		t.Errorf("%d homes: too few", len(shown))
	}
	pagetest.Tables(t, "../../docs/gallery.md", "go test ./cmd/hearth -run Gallery -update", *update, shown)
}

// hearth is what a command that succeeds says.
func hearth(t *testing.T, args ...string) string {
	t.Helper()
	var said strings.Builder
	if code := run(args, strings.NewReader(""), &said, &said); code != exitOK {
		t.Fatalf("hearth %s: exit code %d\n%s", strings.Join(args, " "), code, said.String())
	}
	return said.String()
}
