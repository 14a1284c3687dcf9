package upgrade

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// Each archive holds the tree on disk below old/, the generated files below
// new/, and what Compare says in want.
func TestCompare(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			old, new, want := read(archive)
			got := say(t, old, new)
			if *update {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A tree compared with itself has nothing to say, whatever it holds.
func TestCompareWithItself(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, new, _ := read(archive)
		disk := fstest.MapFS{}
		for _, f := range new {
			disk[f.Path] = &fstest.MapFile{Data: f.Data}
		}
		if diff := cmp.Diff("", say(t, disk, new)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// read sorts an archive's files, and returns the index of want.
func read(archive *txtar.Archive) (fstest.MapFS, []generator.File, int) {
	old := fstest.MapFS{}
	var new []generator.File
	want := -1
	for i, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "old/"); ok {
			old[name] = &fstest.MapFile{Data: f.Data}
		}
		if name, ok := strings.CutPrefix(f.Name, "new/"); ok {
			new = append(new, generator.File{Path: name, Data: f.Data})
		}
		if f.Name == "want" {
			want = i
		}
	}
	slices.SortFunc(new, func(a, b generator.File) int { return strings.Compare(a.Path, b.Path) })
	return old, new, want
}

// say is what a person would read: a problem on every line.
func say(t *testing.T, old fstest.MapFS, new []generator.File) string {
	t.Helper()
	before, err := Load(old)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Compare(before, new, Accepted{})
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, p := range list {
		lines.WriteString(p.String() + "\n")
	}
	return lines.String()
}
