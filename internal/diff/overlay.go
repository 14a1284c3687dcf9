package diff

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

// Overlay is what changes for the clusters of one.
type Overlay struct {
	Name    string   `json:"name"`
	From    string   `json:"from,omitempty"` // what it was called
	Op      Op       `json:"change"`
	Effects []Effect `json:"effects,omitempty"`
	Objects []Change `json:"objects,omitempty"`
	// Unknown is why one of both does not build, so that nothing is said of it.
	Unknown string `json:"unknown,omitempty"`
}

// Files compares the trees before and after files of a stack are written, overlay
// by overlay.
func Files(old map[string][]byte, files []generator.File) []Overlay {
	after := upgrade.After(old, files)
	all := Overlays(Build(old), Build(after))
	fleet := upgrade.Fleet(old, after)
	for i := range all {
		o := &all[i]
		for _, text := range fleet[folderOf(o)] {
			o.Effects = append(o.Effects, Effect{"fleet", Down, text})
		}
		if o.Op == Same && len(o.Effects) > 0 {
			o.Op = Changed
		}
	}
	return all
}

// folderOf is where an overlay was.
func folderOf(o *Overlay) string {
	if name := cmp.Or(o.From, o.Name); !strings.Contains(name, "/") {
		return "overlays/" + name
	}
	return o.Name // of a base
}

// Tree is what is built of a tree of files: the objects of each overlay, or why
// there are none. One without overlays is deployed by its bases.
type Tree map[string]Built

// Built is an overlay's objects, or why it does not build.
type Built struct {
	Objects []objects.Object
	Err     error
}

// Build makes the objects of every overlay of a tree.
func Build(files map[string][]byte) Tree {
	for _, folder := range []string{"overlays", "bases"} {
		tree := Tree{}
		for file := range files {
			dir := path.Dir(file)
			if path.Base(file) != "kustomization.yaml" || path.Dir(dir) != folder {
				continue
			}
			name := path.Base(dir)
			if folder == "bases" {
				name = dir
			}
			list, err := upgrade.Build(files, dir)
			tree[name] = Built{list, err}
		}
		if len(tree) > 0 {
			return tree
		}
	}
	return Tree{}
}

// Overlays compares two trees, overlay by overlay, by name.
func Overlays(old, new Tree) []Overlay {
	var all []Overlay
	renamed := renames(old, new)
	for _, name := range slices.Sorted(maps.Keys(new)) {
		o := Overlay{Name: name, Op: Changed}
		before, had := old[name]
		if from, is := renamed[name]; is {
			o.From, o.Op, before, had = from, Renamed, old[from], true
		}
		if !had {
			o.Op = Created
		}
		if err := cmp.Or(before.Err, new[name].Err); err != nil {
			o.Unknown = firstLine(err)
			all = append(all, o)
			continue
		}
		o.Objects = Objects(before.Objects, new[name].Objects)
		if o.Op == Changed && len(o.Objects) == 0 {
			o.Op = Same
		}
		o.Effects = effects(o)
		all = append(all, o)
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		gone := slices.Contains(slices.Collect(maps.Values(renamed)), name)
		if _, still := new[name]; still || gone {
			continue
		}
		o := Overlay{Name: name, Op: Deleted, Objects: Objects(old[name].Objects, nil)}
		if err := old[name].Err; err != nil {
			o.Unknown = firstLine(err)
		}
		o.Effects = effects(o)
		all = append(all, o)
	}
	return all
}

// firstLine of kustomize's errors, which repeat themselves.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// renames are the old names of overlays by their new ones: of those that came and
// went, each pair that has more than half of its objects in common.
func renames(old, new Tree) map[string]string {
	found := map[string]string{}
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(new)) {
		if _, had := old[name]; had {
			continue
		}
		best, most := "", 0.5
		for _, from := range slices.Sorted(maps.Keys(old)) {
			if _, still := new[from]; still || taken[from] || old[from].Err != nil {
				continue
			}
			if share := common(old[from].Objects, new[name].Objects); share > most {
				best, most = from, share
			}
		}
		if best != "" {
			found[name], taken[best] = best, true
		}
	}
	return found
}

// common is the part that two lists have in common of what they have together.
func common(a, b []objects.Object) float64 {
	left, right := byKey(a), byKey(b)
	both := 0
	for k := range left {
		if right[k] != nil {
			both++
		}
	}
	together := len(left) + len(right) - both
	if together == 0 {
		return 0
	}
	return float64(both) / float64(together)
}

// effects are those of an overlay as a whole.
func effects(o Overlay) []Effect {
	var all []Effect
	add := func(rule string, effects []Effect) {
		effects[0].Rule = rule
		all = append(all, effects...)
	}
	switch o.Op {
	case Created:
		add("overlay", one(Note, "a new overlay: no cluster gets it before fleet.yaml, a Kustomization or an Application names it, or somebody runs: kubectl apply -k overlays/%s", o.Name))
	case Deleted:
		add("overlay", one(Data, "the overlay is gone: %s, unless another overlay is deployed in its place", pruned))
	case Renamed:
		add("overlay", one(Note, "overlays/%s becomes overlays/%s: a Kustomization of Flux and an Application of Argo CD name the path, and have to follow; Fleet follows by fleet.yaml", o.From, o.Name))
	}
	for _, m := range moves(o.Objects) {
		add("namespace", one(Data, "the namespace %s becomes %s: what was in it is made anew there, volumes empty and without Secrets; of the old, %s, but volumes that are kept", m[0], m[1], pruned))
	}
	return all
}

// moves are the namespaces that objects leave for another one, under their names.
func moves(list []Change) [][2]string {
	var all [][2]string
	for _, gone := range list {
		for _, made := range list {
			a, b := keyOf(gone.Object), keyOf(made.Object)
			move := [2]string{a.namespace, b.namespace}
			a.namespace, b.namespace = "", ""
			if gone.Op == Deleted && made.Op == Created && a == b && !slices.Contains(all, move) {
				all = append(all, move)
			}
		}
	}
	return all
}
