package fns_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Every archive in testdata is a list and what becomes of it: the file
// input.yaml, then output.yaml and what is said on stderr. A run with errors has
// "exit 1" as its first line there.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives in testdata", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out, said, err := run(t, string(a.Files[0].Data))
			if err != nil {
				said = "exit 1\n" + said
			}
			got := &txtar.Archive{Comment: a.Comment, Files: []txtar.File{
				a.Files[0],
				{Name: "output.yaml", Data: []byte(out)},
				{Name: "stderr", Data: []byte(said)},
			}}
			if *update {
				if err := os.WriteFile(name, txtar.Format(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			equal(t, name+", to rewrite it: go test ./fns -run Golden -update", string(txtar.Format(a)), string(txtar.Format(got)))
		})
	}
}
