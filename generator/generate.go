package generator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

// File is one file of the tree.
type File struct {
	// Path below the output folder, with slashes.
	Path string
	// Data is the whole content.
	Data []byte
}

// Header is how the first line of every generated YAML file begins.
const Header = file.Header

// Generated reports whether a file begins as those do that hearth writes; another
// one is a person's. The first 100 bytes are enough.
func Generated(data []byte) bool { return file.Generated(data) }

// Owner is the stack that the first line of a generated file names; "" if it
// names none.
func Owner(data []byte) string { return file.Owner(data) }

// IgnoreName is the file of the tree that names all others that no cluster gets.
const IgnoreName = file.IgnoreName

// Ignored are the paths that it names.
func Ignored(data []byte) []string { return file.Ignored(data) }

// Generate returns every file of the tree, sorted by path, and the problems that
// are found in it; no files if one of them is an error. Equal stacks give equal
// bytes. A tree that opens Ollama or the chat to strangers, or that has a secret
// in clear, by resources and patches too, is an error; a way in that cannot be
// followed is a warning. What an exception of the stack accepts is no problem.
func Generate(r *v1alpha1.Resolved) ([]File, problem.List) { return GenerateWith(nil, r) }

// GenerateWith is Generate with a memory of what earlier runs have proven, so that
// kustomize has to build again only what has changed. The bytes are the same.
func GenerateWith(m Memory, r *v1alpha1.Resolved) ([]File, problem.List) {
	g := newGeneration(r)
	g.memory, g.checks = m, true
	if err := g.generate(); err != nil {
		return nil, problem.From(err)
	}
	if g.found = g.found.Sorted(); g.found.Err() != nil {
		return nil, g.found
	}
	return g.sorted(), g.found
}

// GenerateUnchecked is Generate without the check of who can reach what and of
// secrets in clear: for a program that looks at the tree before anybody applies it.
func GenerateUnchecked(r *v1alpha1.Resolved) ([]File, error) {
	g := newGeneration(r)
	if err := g.generate(); err != nil {
		return nil, err
	}
	return g.sorted(), nil
}

func newGeneration(r *v1alpha1.Resolved) *generation {
	return &generation{stack: r, files: map[string][]byte{}, bases: map[string]builtBase{}, overlays: map[string][]Object{}}
}

// sorted are the files by path.
func (g *generation) sorted() []File {
	out := make([]File, 0, len(g.files))
	for _, path := range slices.Sorted(maps.Keys(g.files)) {
		out = append(out, File{Path: path, Data: g.files[path]})
	}
	return out
}

// generation is one run of Generate.
type generation struct {
	stack  *v1alpha1.Resolved
	memory Memory // nil if there is none
	files  map[string][]byte
	bases  map[string]builtBase
	// overlays are the objects of each overlay that the catalog shows, by name.
	overlays map[string][]Object
	checks   bool         // whether problems of the objects are looked for
	found    problem.List // ways in, secrets in clear
}

func (g *generation) generate() error {
	if err := g.addBases(); err != nil {
		return err
	}
	if g.checks {
		g.lone()
	}
	if err := g.addOverlays(); err != nil {
		return err
	}
	if g.stack.Fleet != nil {
		files, err := fleet.Files(g.stack, g.files)
		if err != nil {
			return fmt.Errorf("spec.fleet: %w", err)
		}
		maps.Copy(g.files, files)
		if g.checks {
			heavy, err := fleet.Check(g.stack, g.files)
			if err != nil {
				return fmt.Errorf("spec.fleet: %w", err)
			}
			g.found = append(g.found, heavy...)
		}
	}
	return g.catalog()
}

// catalog writes what no cluster gets.
func (g *generation) catalog() error {
	var services []catalog.Service
	for i := range g.stack.Overlays {
		o := &g.stack.Overlays[i]
		services = append(services, catalog.Service{Overlay: o, Objects: g.overlays[o.Name]})
	}
	files, err := catalog.Files(g.stack, services)
	if err != nil {
		return fmt.Errorf("spec.catalog: %w", err)
	}
	for path := range files {
		if g.files[path] != nil {
			return fmt.Errorf("spec.catalog: %s is written for the clusters: choose another path", path)
		}
	}
	maps.Copy(g.files, files)
	if ignore := file.Ignore(g.stack.Name, slices.Sorted(maps.Keys(g.files))); ignore != nil {
		g.files[file.IgnoreName] = ignore
	}
	return nil
}
