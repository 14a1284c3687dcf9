package upgrade

import (
	"flag"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/golden"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// Each archive holds the tree on disk below old/, the generated files below
// new/, and what Compare says in want.
func TestCompare(t *testing.T) {
	golden.Archives(t, "want", *update, func(t *testing.T, archive *txtar.Archive) string {
		old, new := read(archive)
		return say(t, old, new)
	})
}

// vanishing is a folder from which another run takes a file away, once the folder
// was read.
type vanishing struct {
	fstest.MapFS
	file string
}

func (v vanishing) ReadFile(name string) ([]byte, error) {
	if name == v.file {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return v.MapFS.ReadFile(name)
}

// A file that is taken away while the tree is read is not in it.
func TestLoadWhileAnotherRuns(t *testing.T) {
	disk := fstest.MapFS{}
	for _, name := range []string{"bases/a/kustomization.yaml", "overlays/b/kustomization.yaml", "fleet/b/fleet.yaml", "fleet.yaml"} {
		disk[name] = &fstest.MapFile{Data: []byte("{}\n")}
	}
	for name := range disk {
		got, err := Load(vanishing{disk, name})
		if _, there := got[name]; there || err != nil || len(got) != len(disk)-1 {
			t.Errorf("%s: %d files, %v; want the %d others", name, len(got), err, len(disk)-1)
		}
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
		_, new := read(archive)
		disk := fstest.MapFS{}
		for _, f := range new {
			disk[f.Path] = &fstest.MapFile{Data: f.Data}
		}
		if diff := cmp.Diff("", say(t, disk, new)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// read sorts an archive's files.
func read(archive *txtar.Archive) (fstest.MapFS, []generator.File) {
	old := fstest.MapFS{}
	var new []generator.File
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "old/"); ok {
			old[name] = &fstest.MapFile{Data: f.Data}
		}
		if name, ok := strings.CutPrefix(f.Name, "new/"); ok {
			new = append(new, generator.File{Path: name, Data: f.Data})
		}
	}
	slices.SortFunc(new, func(a, b generator.File) int { return strings.Compare(a.Path, b.Path) })
	return old, new
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
