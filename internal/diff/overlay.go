package diff

import (
	"cmp"
	"maps"
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
	c := upgrade.Between(old, files)
	before, after := Built(c)
	all := Overlays(before, after, c.Renamed())
	fleet := c.Fleet()
	for i := range all {
		o := &all[i]
		for _, text := range fleet[o.was()] {
			o.Effects = append(o.Effects, Effect{"fleet", Down, text})
		}
		if o.Op == Same && len(o.Effects) > 0 {
			o.Op = Changed
		}
	}
	return all
}

// was is the folder that an overlay had.
func (o Overlay) was() string { return folder(cmp.Or(o.From, o.Name)) }

const overlays = "overlays/"

// name is a folder's for a reader: a base keeps its path.
func name(folder string) string { return strings.TrimPrefix(folder, overlays) }

func folder(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return overlays + name
}

// Tree is what is built of a tree of files, by the folder that is deployed: its
// objects, or why there are none.
type Tree map[string]Folder

// Folder is what is deployed of one, or why it does not build.
type Folder struct {
	Objects []objects.Object
	Err     error
}

// Built are both trees of a comparison.
func Built(c *upgrade.Comparison) (before, after Tree) {
	old, new := c.Folders()
	return built(old, c.Old), built(new, c.New)
}

func built(folders []string, build func(string) ([]objects.Object, error)) Tree {
	t := Tree{}
	for _, f := range folders {
		list, err := build(f)
		t[f] = Folder{list, err}
	}
	return t
}

// Overlays compares two trees, folder by folder, by name but for those that are
// renamed, by the new one.
func Overlays(old, new Tree, renamed map[string]upgrade.Pair) []Overlay {
	var all []Overlay
	gone := maps.Clone(old)
	for _, folder := range slices.Sorted(maps.Keys(new)) {
		o := Overlay{Name: name(folder), Op: Changed}
		from := folder
		p, is := renamed[folder]
		if is {
			o.From, o.Op, from = name(p.Old), Renamed, p.Old
		}
		before, had := old[from]
		if !had {
			o.Op = Created
		}
		delete(gone, from)
		if err := cmp.Or(before.Err, new[folder].Err); err != nil {
			o.Unknown = err.Error()
			all = append(all, o)
			continue
		}
		o.Objects = Objects(before.Objects, new[folder].Objects)
		if o.Op == Changed && len(o.Objects) == 0 {
			o.Op = Same
		}
		o.Effects = effects(o, p.Guess)
		all = append(all, o)
	}
	for _, folder := range slices.Sorted(maps.Keys(gone)) {
		o := Overlay{Name: name(folder), Op: Deleted, Objects: Objects(old[folder].Objects, nil)}
		if err := old[folder].Err; err != nil {
			o.Unknown = err.Error()
		}
		o.Effects = effects(o, false)
		all = append(all, o)
	}
	return all
}

// effects are those of an overlay as a whole; guess, of one that may have another
// name now than it is taken to have.
func effects(o Overlay, guess bool) []Effect {
	var all []Effect
	add := func(rule string, effects []Effect) {
		effects[0].Rule = rule
		all = append(all, effects...)
	}
	switch o.Op {
	case Created:
		add("overlay", one(Note, "a new overlay: no cluster gets it before fleet.yaml, a Kustomization or an Application names it, or somebody runs: kubectl apply -k %s", folder(o.Name)))
	case Deleted:
		add("overlay", one(Data, "the overlay is gone: %s, unless another overlay is deployed in its place", pruned))
	case Renamed:
		if guess {
			add("overlay", one(Note, "%s becomes %s, by a guess at its objects: what its clusters get is not known here", o.was(), folder(o.Name)))
		}
		add("overlay", one(Note, "%s becomes %s: a Kustomization of Flux and an Application of Argo CD name the path, and have to follow; Fleet follows by fleet.yaml", o.was(), folder(o.Name)))
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
