package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChange(t *testing.T) {
	dir := t.TempDir()
	read := func(file string) string {
		data, err := os.ReadFile(filepath.Join(dir, file))
		must(t, err)
		return string(data)
	}
	must(t, change{file: "a/b.go", new: "package b // b\n"}.apply(dir))
	must(t, change{file: "a/b.go", old: "package b", new: "package c"}.apply(dir))
	if diff := cmp.Diff("package c // b\n", read("a/b.go")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A module that has changed must not be compiled unchanged.
	err := change{file: "a/b.go", old: "package b", new: "package d"}.apply(dir)
	if err == nil || !strings.Contains(err.Error(), `a/b.go holds "package b" 0 times, want once`) {
		t.Errorf("a text that is not there: got error %v", err)
	}
}
