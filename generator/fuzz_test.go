package generator_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/generator/randomstack"
)

// FuzzParse reads whole stacks: never a panic, never long, and either a Stack or
// errors. What is accepted also becomes files, with names that are safe to write
// below the output folder.
func FuzzParse(f *testing.F) {
	for _, name := range goldens(f) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	committed, err := os.ReadFile("../stack.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(committed)
	for seed := range uint64(3) {
		f.Add(randomstack.Draw(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 10 * time.Second // of a second's work, on a machine that is busy fuzzing
		start := time.Now()
		stack, problems := generator.Parse("stack.yaml", data)
		if took := time.Since(start); took > most {
			t.Errorf("%d bytes took %s to parse", len(data), took)
		}
		if (stack == nil) != (problems.Err() != nil) {
			t.Errorf("Parse returned a stack: %t, and the errors %v; want one of them", stack != nil, problems.Err())
		}
		for _, p := range problems {
			if p.Message == "" || p.File == "" {
				t.Errorf("a problem without text or place: %+v", p)
			}
		}
		if stack == nil {
			return
		}
		files, err := generator.Generate(stack, generator.Options{Folder: folder})
		if err != nil {
			// Whether a person's patches fit, and whether their objects clash
			// with ours, is known when kustomize has tried.
			if !strings.Contains(string(data), "patches") && !strings.Contains(string(data), "resources") &&
				!strings.Contains(err.Error(), "the output folder has a folder") {
				t.Errorf("a valid stack does not generate: %v", err)
			}
			return
		}
		for _, file := range files {
			if !fs.ValidPath(file.Path) || !safe(file.Path) {
				t.Errorf("the path %q is not below the output folder, or Fleet refuses it", file.Path)
			}
		}
	})
}

// safe tells a path of those that hearth may write, in the characters that Fleet
// accepts.
func safe(path string) bool {
	switch path {
	case "fleet.yaml", ".fleetignore", ".krmignore", "gitrepo.example.yaml":
		return true
	}
	top, rest, _ := strings.Cut(path, "/")
	folder, name, nested := strings.Cut(rest, "/")
	return (top == "bases" || top == "overlays") && nested && !strings.Contains(name, "/") &&
		!strings.HasPrefix(folder, ".") && !strings.HasPrefix(name, ".") &&
		strings.Trim(folder+name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}
