// Package golden compares what a test makes with what stands in archives of package
// txtar, or writes it there.
package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Archives runs a test for each archive in testdata: its file of that name is what
// got makes of the archive. With update it is written.
func Archives(t *testing.T, name string, update bool, got func(*testing.T, *txtar.Archive) string) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive := read(t, file)
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
			if i < 0 {
				t.Fatalf("%s has no file %s", file, name)
			}
			compare(t, &archive.Files[i], got(t, archive), update)
			write(t, file, archive, update)
		})
	}
}

// Files runs a test for each file of an archive: it is what got makes of its name.
func Files(t *testing.T, file string, update bool, got func(t *testing.T, name string) string) {
	t.Helper()
	archive := read(t, file)
	for i := range archive.Files {
		f := &archive.Files[i]
		t.Run(f.Name, func(t *testing.T) { compare(t, f, got(t, f.Name), update) })
	}
	write(t, file, archive, update)
}

func read(t testing.TB, file string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func compare(t *testing.T, want *txtar.File, got string, update bool) {
	t.Helper()
	if diff := cmp.Diff(string(want.Data), got); diff != "" && !update {
		t.Errorf("%s (-want +got):\n%s", want.Name, diff)
	}
	want.Data = []byte(got)
}

func write(t *testing.T, file string, archive *txtar.Archive, update bool) {
	t.Helper()
	if !update {
		return
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
