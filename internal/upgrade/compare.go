package upgrade

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Accepted is what a person wants nevertheless. It is then a warning.
type Accepted struct {
	// Recreate accepts what needs work on the clusters before it is deployed.
	Recreate bool
	// AbandonVolumes accepts volumes that nothing uses any more, or that are
	// deleted with their data.
	AbandonVolumes bool
}

// Compare builds what the clusters have, by the tree before, and what they would
// get of the new files, and reports what cannot change in place, what a volume
// would be lost by, and what cannot be compared. A tree without overlays is
// deployed by its bases.
func Compare(before map[string][]byte, files []generator.File, accepted Accepted) (problem.List, error) {
	c := Between(before, files)
	found := findings{accepted: accepted}
	if err := c.compare(&found); err != nil {
		return nil, err
	}
	return found.list(), nil
}

// Comparison is of two trees, what clusters have and what they get. It builds each
// folder once.
type Comparison struct {
	before, after tree
	built         map[string]built
}

// Between compares the tree before with the one once the files are written: with
// what a person put beside them.
func Between(before map[string][]byte, files []generator.File) *Comparison {
	after := tree{}
	for _, f := range files {
		after[f.Path] = f.Data
	}
	after.keepTheirs(before)
	return &Comparison{before: before, after: after, built: map[string]built{}}
}

// Folders are those that are deployed, of both trees: the overlays, or without
// any the bases.
func (c *Comparison) Folders() (old, new []string) { return c.before.units(), c.after.units() }

// Old is what kustomize makes of a folder of the tree before, in no order.
func (c *Comparison) Old(folder string) ([]objects.Object, error) { return list(c.old(folder)) }

// New is what it makes of a folder of the new tree.
func (c *Comparison) New(folder string) ([]objects.Object, error) { return list(c.new(folder)) }

func list(built map[id]map[string]any, err error) ([]objects.Object, error) {
	if err != nil {
		return nil, errors.New(firstLine(err))
	}
	return slices.Collect(maps.Values(built)), nil
}

type built struct {
	objects map[id]map[string]any
	err     error
}

func (c *Comparison) old(folder string) (map[id]map[string]any, error) {
	return c.build("old "+folder, c.before, folder)
}

func (c *Comparison) new(folder string) (map[id]map[string]any, error) {
	return c.build("new "+folder, c.after, folder)
}

func (c *Comparison) build(key string, t tree, folder string) (map[id]map[string]any, error) {
	b, done := c.built[key]
	if !done {
		b.objects, b.err = t.build(folder)
		c.built[key] = b
	}
	return b.objects, b.err
}

func (c *Comparison) compare(found *findings) error {
	oldReleases, newReleases := c.before.releases(), c.after.releases()
	for _, p := range c.pairs() {
		oldRelease, wasDeployed := oldReleases[p.Old]
		newRelease, isDeployed := newReleases[p.New]
		if p.Old == p.New && c.before.same(c.after, "bases") && c.before.same(c.after, p.Old) && oldRelease == newRelease {
			continue
		}
		old, err := c.old(p.Old)
		if err != nil {
			found.unreadable(p, err, generated(c.before[p.Old+"/kustomization.yaml"]))
			continue
		}
		var new map[id]map[string]any
		if p.New != "" {
			new, err = c.new(p.New)
		}
		if err != nil && generated(c.after[p.New+"/kustomization.yaml"]) {
			return fmt.Errorf("building the new %s: %w", p.New, err)
		}
		if err != nil {
			found.record(p.String(), warned, problem.Problem{
				Message: "is yours, and would no longer build: " + firstLine(err),
			})
			continue
		}
		for id, object := range old {
			found.add(p.String(), id, object, new)
		}
		if wasDeployed && isDeployed {
			found.moved(p.String(), oldRelease, newRelease, old, new)
		}
	}
	return nil
}

// same reports whether both trees hold the same files below a folder.
func (t tree) same(other tree, folder string) bool {
	a, b := t.below(folder), other.below(folder)
	if !slices.Equal(a, b) {
		return false
	}
	for _, file := range a {
		if !bytes.Equal(t[file], other[file]) {
			return false
		}
	}
	return true
}

func (t tree) below(folder string) []string {
	var files []string
	for file := range t {
		if strings.HasPrefix(file, folder+"/") {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// firstLine keeps kustomize's errors, which repeat themselves, readable.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
