package upgrade

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// Refusal is a change of one field that no cluster makes to an object it has.
type Refusal struct {
	Field         string // its path, joined by dots
	Before, After string // the values, for a reader
	Why, Fix      string
}

// Refusals are what a cluster refuses of an object's new form.
func Refusals(old, new objects.Object) []Refusal {
	var found []Refusal
	ref := objects.RefOf(old)
	id := id{ref.Group(), ref.Kind, ref.Namespace, ref.Name}
	for _, r := range rules() {
		if r.kind != id.kind || r.group != id.group && (r.group != "" || !builtin(id.group)) || r.holds != nil && !r.holds(old, new) {
			continue
		}
		before, after := r.of(old), r.of(new)
		if !r.same(before, after) {
			found = append(found, Refusal{r.field, r.show(before), r.show(after), r.why, keep(r, before) + "; or " + r.nevertheless(id)})
		}
	}
	return found
}

// Fleet is what fleet.yaml changes for the clusters of folders, in words: another
// folder that is not the old one renamed, or another Helm release.
func (c *Comparison) Fleet() map[string][]string {
	found, renamed := map[string][]string{}, c.Renamed()
	for _, p := range retargeted(c.before.targets(), c.after.targets()) {
		if renamed[p.New].Old == p.Old {
			continue
		}
		text := "clusters that fleet.yaml gave this get " + p.New + " instead"
		if p.New == "" {
			text = "clusters that fleet.yaml gave this get nothing any more: Fleet deletes what they have of it, but not what it is told to keep"
		}
		if !slices.Contains(found[p.Old], text) {
			found[p.Old] = append(found[p.Old], text)
		}
	}
	was, is := c.before.releases(), c.after.releases()
	now := map[string]string{}
	for _, p := range renamed {
		now[p.Old] = p.New
	}
	for folder, old := range was {
		new, still := is[cmp.Or(now[folder], folder)]
		if still && (old.name != new.name || old.namespace != new.namespace) {
			found[folder] = append(found[folder], fmt.Sprintf("Fleet's Helm release %s becomes %s: what the old one made is deleted and made anew, except what it is told to keep", old, new))
		}
	}
	return found
}

// Load reads what a cluster may be given of a tree on disk, by path.
func Load(disk fs.FS) (map[string][]byte, error) { return load(disk) }

// MaxFile is how many bytes a file of a tree may have.
const MaxFile = maxFile

// Manifest reports whether a file of that content counts for a tree.
func Manifest(data []byte) bool { return len(data) <= maxFile && yamllimit.Places(data) <= maxPlaces }

// FateOf says what each tool does with an object that leaves Git.
func FateOf(o objects.Object) string { return fateOf(o) }
