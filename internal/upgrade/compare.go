package upgrade

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
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
	c := &comparison{before: before, after: After(before, files), built: map[string]built{}}
	found := findings{accepted: accepted}
	if err := c.compare(&found); err != nil {
		return nil, err
	}
	return found.list(), nil
}

// comparison is one run of Compare. It builds each folder once.
type comparison struct {
	before, after tree
	built         map[string]built
}

type built struct {
	objects map[id]map[string]any
	err     error
}

func (c *comparison) old(folder string) (map[id]map[string]any, error) {
	return c.build("old "+folder, c.before, folder)
}

func (c *comparison) new(folder string) (map[id]map[string]any, error) {
	return c.build("new "+folder, c.after, folder)
}

func (c *comparison) build(key string, t tree, folder string) (map[id]map[string]any, error) {
	b, done := c.built[key]
	if !done {
		b.objects, b.err = t.build(folder)
		c.built[key] = b
	}
	return b.objects, b.err
}

func (c *comparison) compare(found *findings) error {
	oldReleases, newReleases := c.before.releases(), c.after.releases()
	for _, p := range c.pairs() {
		oldRelease, wasDeployed := oldReleases[p.old]
		newRelease, isDeployed := newReleases[p.new]
		if p.old == p.new && c.before.same(c.after, "bases") && c.before.same(c.after, p.old) && oldRelease == newRelease {
			continue
		}
		old, err := c.old(p.old)
		if err != nil {
			found.unreadable(p, err, generated(c.before[p.old+"/kustomization.yaml"]))
			continue
		}
		var new map[id]map[string]any
		if p.new != "" {
			new, err = c.new(p.new)
		}
		if err != nil && generated(c.after[p.new+"/kustomization.yaml"]) {
			return fmt.Errorf("building the new %s: %w", p.new, err)
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
