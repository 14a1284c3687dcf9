package upgrade

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/filesys"

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
	// memory and below are each tree as kustomize reads it, and its files by the
	// folder that they are in: made once, for there may be thousands of overlays.
	memory [2]func() (filesys.FileSystem, error)
	below  [2]map[string][]string
	built  map[string]built
}

// Between compares the tree before with the one once the files are written: with
// what a person put beside them.
func Between(before map[string][]byte, files []generator.File) *Comparison {
	after := tree{}
	for _, f := range files {
		after[f.Path] = f.Data
	}
	after.keepTheirs(before)
	c := &Comparison{before: before, after: after, built: map[string]built{}}
	for i, t := range []tree{before, after} {
		c.memory[i], c.below[i] = sync.OnceValues(t.memory), t.below()
	}
	return c
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
	return c.build("old ", 0, folder)
}

func (c *Comparison) new(folder string) (map[id]map[string]any, error) {
	return c.build("new ", 1, folder)
}

func (c *Comparison) build(when string, tree int, folder string) (map[id]map[string]any, error) {
	b, done := c.built[when+folder]
	if !done {
		memory, err := c.memory[tree]()
		if b.err = err; err == nil {
			b.objects, b.err = build(memory, folder)
		}
		c.built[when+folder] = b
	}
	return b.objects, b.err
}

// forget frees what was built of a pair, which is looked at once.
func (c *Comparison) forget(p Pair) {
	delete(c.built, "old "+p.Old)
	delete(c.built, "new "+p.New)
}

func (c *Comparison) compare(found *findings) error {
	oldReleases, newReleases := c.before.releases(), c.after.releases()
	sameBases := c.same("bases")
	for _, p := range c.pairs() {
		oldRelease, wasDeployed := oldReleases[p.Old]
		newRelease, isDeployed := newReleases[p.New]
		if p.Old == p.New && sameBases && c.same(p.Old) && oldRelease == newRelease {
			continue
		}
		old, new, err := c.both(p, found)
		if err != nil {
			return err
		}
		for id, object := range old {
			found.add(p.String(), id, object, new)
		}
		if old != nil && wasDeployed && isDeployed {
			found.moved(p.String(), oldRelease, newRelease, old, new)
		}
		c.forget(p)
	}
	return nil
}

// both are what a pair builds to; without the old one there is nothing to compare.
func (c *Comparison) both(p Pair, found *findings) (old, new map[id]map[string]any, err error) {
	if old, err = c.old(p.Old); err != nil {
		found.unreadable(p, err, generated(c.before[p.Old+"/kustomization.yaml"]))
		return nil, nil, nil
	}
	if p.New != "" {
		new, err = c.new(p.New)
	}
	if err != nil && generated(c.after[p.New+"/kustomization.yaml"]) {
		return nil, nil, fmt.Errorf("building the new %s: %w", p.New, err)
	}
	if err != nil {
		found.record(p.String(), warned, problem.Problem{
			Message: "is yours, and would no longer build: " + firstLine(err),
		})
		return nil, nil, nil
	}
	return old, new, nil
}

// same reports whether both trees hold the same files below a folder: bases, or one
// that is deployed.
func (c *Comparison) same(folder string) bool {
	a, b := c.below[0][folder], c.below[1][folder]
	return slices.Equal(a, b) && !slices.ContainsFunc(a, func(file string) bool { return !bytes.Equal(c.before[file], c.after[file]) })
}

// below are the files below each folder at the top, and below those in it, in order.
func (t tree) below() map[string][]string {
	found := map[string][]string{}
	for _, file := range slices.Sorted(maps.Keys(t)) {
		top, rest, deeper := strings.Cut(file, "/")
		if !deeper {
			continue
		}
		found[top] = append(found[top], file)
		if name, _, deeper := strings.Cut(rest, "/"); deeper {
			found[top+"/"+name] = append(found[top+"/"+name], file)
		}
	}
	return found
}

// firstLine keeps kustomize's errors, which repeat themselves, readable.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
