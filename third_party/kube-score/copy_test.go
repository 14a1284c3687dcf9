// Package kubescore tests that the copies below are what README.md says.
package kubescore

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A copy of someone else's code is only worth its provenance: an edit here must
// not go unnoticed.
func TestCopiesAreTheModulesFiles(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/zegl/kube-score").Output()
	if err != nil {
		t.Fatal(err)
	}
	module := strings.TrimSpace(string(out))
	files, err := filepath.Glob("*/*.go")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d files, want 8: %v", len(files), err)
	}
	for _, file := range files {
		if file == filepath.Join("internal", "lookup.go") {
			continue // ours
		}
		if diff := cmp.Diff(lines(t, filepath.Join(module, "score", file)), lines(t, file)); diff != "" {
			t.Errorf("%s (-module +copy):\n%s", file, diff)
		}
	}
}

// lines are a file's in order, but for its imports, which gofmt sorts by path.
func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const ours, theirs = "github.com/hearth-dev/hearth/third_party/kube-score/internal", "github.com/zegl/kube-score/score/internal"
	head, body, _ := strings.Cut(strings.ReplaceAll(string(data), ours, theirs), "\n)\n")
	imports := strings.Split(head, "\n")
	slices.Sort(imports)
	return append(imports, strings.Split(body, "\n")...)
}
