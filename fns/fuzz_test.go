package fns_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/fns"
)

// No input makes the function panic or hang. Where it succeeds, what comes out
// is a list again, and a second run leaves it as it is.
func FuzzRun(f *testing.F) {
	f.Add([]byte(ollamaList))
	archives, _ := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	lists, _ := filepath.Glob(filepath.Join("testdata", "recorded", "*.yaml"))
	for _, name := range lists {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second, said bytes.Buffer
		if fns.Run(bytes.NewReader(data), &first, &said) != nil {
			if said.Len() == 0 {
				t.Error("an error, and nothing said")
			}
			return
		}
		if err := fns.Run(bytes.NewReader(first.Bytes()), &second, &said); err != nil {
			t.Fatalf("the second run: %v\n%s\nof\n%s", err, said.String(), first.String())
		}
	})
}
