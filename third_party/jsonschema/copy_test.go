package jsonschema

import (
	"io/fs"
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
func TestCopyIsTheModule(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/santhosh-tekuri/jsonschema/v6").Output()
	if err != nil {
		t.Fatal(err)
	}
	module, compared := strings.TrimSpace(string(out)), 0
	err = filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains([]string{"README.md", "lazy.go", "copy_test.go"}, file) {
			return err
		}
		compared++
		if diff := cmp.Diff(upstream(t, filepath.Join(module, file)), lines(t, file)); diff != "" {
			t.Errorf("%s (-module +copy):\n%s", file, diff)
		}
		return nil
	})
	if err != nil || compared < 20 {
		t.Errorf("compared %d files: %v", compared, err)
	}
}

// upstream are a module's file's lines with the changes that README.md names.
func upstream(t *testing.T, file string) []string {
	t.Helper()
	out := lines(t, file)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "github.com/santhosh-tekuri/jsonschema/v6/kind", "github.com/hearth-dev/hearth/third_party/jsonschema/kind")
		out[i] = strings.ReplaceAll(out[i], "func init() {", "func compileMetaschemas() {")
	}
	return out
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}
