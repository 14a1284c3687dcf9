package generator_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build"
)

// FuzzLoad reads whole stacks: never a panic, never long, and either a Stack or
// errors. Of what is accepted the objects can be made.
func FuzzLoad(f *testing.F) {
	for _, name := range goldens(f) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	for _, data := range someStacks(f, 3) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 10 * time.Second // for milliseconds of work, on a machine that is busy fuzzing
		start := time.Now()
		stack, problems := generator.Load("hearth.yaml", data)
		if took := time.Since(start); took > most {
			t.Errorf("%d bytes took %s to parse", len(data), took)
		}
		if (stack == nil) != (problems.Err() != nil) {
			t.Errorf("Load returned a stack: %t, and the errors %v; want one of them", stack != nil, problems.Err())
		}
		for _, p := range problems {
			if p.Message == "" || p.File == "" {
				t.Errorf("a problem without text or place: %+v", p)
			}
		}
		if stack == nil {
			return
		}
		bases := stack.Bases
		for _, o := range stack.Overlays {
			bases = append(bases, o.Bases...)
			if _, err := generator.Secrets(stack, o.Name); err != nil {
				t.Errorf("a valid stack has no list of Secrets: %v", err)
			}
		}
		for _, b := range bases {
			if _, err := build.Objects(stack.Name, &b); err != nil {
				t.Errorf("a valid stack has no objects: %v", err)
			}
		}
	})
}

// FuzzGenerate goes on to the files, hundreds of times slower for kustomize: a
// valid stack has files, and their names are safe to write below the output
// folder.
func FuzzGenerate(f *testing.F) {
	for _, name := range []string{"ollama", "escape-hatch", "fleet"} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stack, _ := generator.Load("hearth.yaml", data)
		if stack == nil {
			return
		}
		files, problems := generator.Generate(stack)
		if err := problems.Err(); err != nil {
			// Whether a person's patches fit, and whether their objects clash
			// with ours, is known when kustomize has tried.
			if !strings.Contains(string(data), "patches") && !strings.Contains(string(data), "resources") {
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

// safe reports whether a path is one of those that hearth may write, in the characters that Fleet
// accepts.
func safe(path string) bool {
	switch path {
	case "fleet.yaml", ".fleetignore", ".krmignore", "gitrepo.example.yaml":
		return true
	}
	top, rest, _ := strings.Cut(path, "/")
	if bundle, inside, found := strings.Cut(rest, "/"); top == "fleet" && found && bundle != "" {
		if inside == "fleet.yaml" {
			return true
		}
		top, rest, _ = strings.Cut(inside, "/")
	}
	folder, name, nested := strings.Cut(rest, "/")
	return (top == "bases" || top == "overlays") && nested && !strings.Contains(name, "/") &&
		!strings.HasPrefix(folder, ".") && !strings.HasPrefix(name, ".") &&
		strings.Trim(folder+name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}
