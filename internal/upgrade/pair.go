package upgrade

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
)

// Pair is what a cluster has and what it gets: two folders, one of the old tree
// and one of the new. No new one: it gets nothing any more.
type Pair struct {
	Old, New string
	// Guess: another folder of the new tree fits as well, or this one has the names
	// of its objects alone, in other namespaces.
	Guess bool
}

// String is the pair for a reader.
func (p Pair) String() string {
	switch {
	case p.New == "":
		return p.Old + " (no longer deployed)"
	case p.Old == p.New:
		return p.Old
	case p.Guess:
		return p.Old + " (if its clusters get " + p.New + ", which cannot be known)"
	}
	return p.Old + " (now " + p.New + ")"
}

// units are the folders that are deployed: the overlays, or without any the bases.
func (t tree) units() []string {
	for _, kind := range []string{"overlays", "bases"} {
		var folders []string
		for file := range t {
			if folder := path.Dir(file); path.Dir(folder) == kind && path.Base(file) == "kustomization.yaml" {
				folders = append(folders, folder)
			}
		}
		if len(folders) > 0 {
			slices.Sort(folders)
			return folders
		}
	}
	return nil
}

// pairs decides which folder of the new tree a cluster gets that has one of the
// old: the one that Fleet would give it, then the one of the same name, and else
// those that have most of its objects: by kind, namespace and name, then by kind
// and name.
func (c *Comparison) pairs() []Pair {
	olds, news := c.before.units(), c.after.units()
	was, is := setOf(olds), setOf(news)
	var found []Pair
	known, paired, taken := map[Pair]bool{}, map[string]bool{}, map[string]bool{}
	add := func(p Pair) {
		if !known[p] {
			found = append(found, p)
		}
		known[p], paired[p.Old], taken[p.New] = true, true, true
	}
	for _, old := range olds {
		if is[old] {
			add(Pair{Old: old, New: old})
		}
	}
	for _, p := range retargeted(c.before.targets(), c.after.targets()) {
		if was[p.Old] && (p.New == "" || is[p.New]) {
			add(p)
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(news), func(folder string) bool { return taken[folder] })
	for _, old := range olds {
		if paired[old] {
			continue
		}
		like := c.alike(old, fresh, id.itself)
		if len(like) == 0 {
			like = c.alike(old, news, id.itself)
		}
		guess := len(like) > 1
		if len(like) == 0 {
			like, guess = c.alike(old, fresh, id.anywhere), true
		}
		if len(like) == 0 {
			add(Pair{Old: old})
		}
		for _, new := range like {
			add(Pair{Old: old, New: new, Guess: guess})
		}
	}
	return found
}

func setOf(folders []string) map[string]bool {
	set := map[string]bool{}
	for _, folder := range folders {
		set[folder] = true
	}
	return set
}

// Renamed are the pairs of a folder that is gone and one that is new, by the new
// one: those that are known first, and each folder once.
func (c *Comparison) Renamed() map[string]Pair {
	olds, news := setOf(c.before.units()), setOf(c.after.units())
	found, taken := map[string]Pair{}, map[string]bool{}
	pairs := c.pairs()
	slices.SortStableFunc(pairs, func(a, b Pair) int {
		switch {
		case a.Guess == b.Guess:
			return 0
		case b.Guess:
			return -1
		}
		return 1
	})
	for _, p := range pairs {
		_, has := found[p.New]
		if p.New == "" || has || taken[p.Old] || news[p.Old] || olds[p.New] {
			continue
		}
		if _, err := c.Old(p.Old); err == nil { // else nothing says that it is one
			found[p.New], taken[p.Old] = p, true
		}
	}
	return found
}

// mostGuesses is how many folders are taken for what an old one may have become.
// The overlays of a fleet have the same objects, and every one would be.
const mostGuesses = 20

// alike are the folders that share most objects with an old one, and at least
// one, by what of an object's id counts: the first of them.
func (c *Comparison) alike(old string, folders []string, counts func(id) id) []string {
	most := 1
	var best []string
	objects, err := c.old(old)
	if err != nil {
		return folders // it is said elsewhere that nothing can be compared
	}
	for _, folder := range folders {
		candidates, err := c.new(folder)
		if err != nil {
			continue
		}
		there := map[id]bool{}
		for id := range candidates {
			there[counts(id)] = true
		}
		n := 0
		for id := range objects {
			if there[counts(id)] {
				n++
			}
		}
		if n > most {
			most, best = n, nil
		}
		if n == most && len(best) < mostGuesses {
			best = append(best, folder)
		}
		if n == len(objects) && len(best) == mostGuesses {
			break
		}
	}
	return best
}

// target is one row of fleet.yaml: some clusters, and the folder they get.
type target struct {
	clusters string // the row's selection, as JSON
	one      bool   // a single cluster, by its name
	every    bool
	folder   string // "" for none
}

// targets reads each fleet.yaml, where the first row that matches a cluster decides.
func (t tree) targets() []target {
	var rows []target
	for _, file := range t.bundles() {
		rows = append(rows, targetsOf(t[file], file != fleetFile)...)
	}
	return rows
}

// targetsOf reads one. Of several each has rows that keep clusters of others out.
func targetsOf(data []byte, several bool) []target {
	var bundle struct {
		Targets []struct {
			ClusterName     string `json:"clusterName,omitempty"`
			ClusterGroup    string `json:"clusterGroup,omitempty"`
			ClusterSelector *struct {
				MatchLabels      map[string]string `json:"matchLabels,omitempty"`
				MatchExpressions []any             `json:"matchExpressions,omitempty"`
			} `json:"clusterSelector,omitempty"`
			DoNotDeploy bool `json:"doNotDeploy"`
			Kustomize   struct {
				Dir string `json:"dir"`
			} `json:"kustomize"`
		} `json:"targetCustomizations"`
	}
	if yaml.Unmarshal(data, &bundle) != nil {
		return nil
	}
	var rows []target
	for _, row := range bundle.Targets {
		s := row.ClusterSelector
		if s == nil && row.ClusterName == "" && row.ClusterGroup == "" {
			continue // it matches nothing
		}
		if row.DoNotDeploy && several {
			continue
		}
		r := target{
			one:   row.ClusterName != "" && row.ClusterGroup == "" && s == nil,
			every: row.ClusterName == "" && row.ClusterGroup == "" && s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0,
		}
		if !row.DoNotDeploy && row.Kustomize.Dir != "" {
			r.folder = path.Clean(row.Kustomize.Dir)
		}
		row.DoNotDeploy, row.Kustomize.Dir = false, ""
		selection, err := json.Marshal(row)
		if err != nil {
			return nil
		}
		r.clusters = string(selection)
		rows = append(rows, r)
	}
	return rows
}

// retargeted are the clusters that get another folder than before, as far as the
// two files tell it: which labels a cluster has, or which group, they do not.
func retargeted(before, after []target) []Pair {
	var found []Pair
	if len(after) == 0 {
		return nil
	}
	same, wide := map[string]int{}, len(after) // the first that may match what others do
	for i, row := range slices.Backward(after) {
		same[row.clusters] = i
		if !row.one {
			wide = i
		}
	}
	for _, old := range before {
		i, known := same[old.clusters]
		if !known || i > wide {
			if i = wide; i == len(after) || !after[i].every || !old.one {
				continue
			}
		}
		if old.folder != "" && after[i].folder != old.folder {
			found = append(found, Pair{Old: old.folder, New: after[i].folder})
		}
	}
	return found
}

// keepTheirs adds to the new tree what a person put beside the generated files:
// an overlay of one's own over hearth's bases gets the new ones.
func (t tree) keepTheirs(before tree) {
	for file, data := range before {
		if _, made := t[file]; !made && !generated(data) && (file == fleetFile || strings.Contains(file, "/")) {
			t[file] = data
		}
	}
}

func generated(data []byte) bool { return generator.Generated(data) }
