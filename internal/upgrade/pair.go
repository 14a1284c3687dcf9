package upgrade

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
)

// pair is what a cluster has and what it gets: two folders, one of the old tree
// and one of the new. No new one: it gets nothing any more.
type pair struct {
	old, new string
	guess    bool // another folder of the new tree fits as well
}

// String is the pair for a reader.
func (p pair) String() string {
	switch {
	case p.new == "":
		return p.old + " (no longer deployed)"
	case p.old == p.new:
		return p.old
	case p.guess:
		return p.old + " (if its clusters get " + p.new + ", which cannot be known)"
	}
	return p.old + " (now " + p.new + ")"
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
// those that have most of its objects, by kind, namespace and name.
func (c *comparison) pairs() []pair {
	olds, news := c.before.units(), c.after.units()
	var found []pair
	paired, taken := map[string]bool{}, map[string]bool{}
	add := func(p pair) {
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
		paired[p.old], taken[p.new] = true, true
	}
	for _, old := range olds {
		if slices.Contains(news, old) {
			add(pair{old: old, new: old})
		}
	}
	for _, p := range retargeted(c.before.targets(), c.after.targets()) {
		if slices.Contains(olds, p.old) && (p.new == "" || slices.Contains(news, p.new)) {
			add(p)
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(news), func(folder string) bool { return taken[folder] })
	for _, old := range olds {
		if paired[old] {
			continue
		}
		like := c.alike(old, fresh)
		if len(like) == 0 {
			like = c.alike(old, news)
		}
		if len(like) == 0 {
			add(pair{old: old})
		}
		for _, new := range like {
			add(pair{old: old, new: new, guess: len(like) > 1})
		}
	}
	return found
}

// alike are the folders that share most objects with an old one, and at least one.
func (c *comparison) alike(old string, folders []string) []string {
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
		n := 0
		for id := range objects {
			if candidates[id] != nil {
				n++
			}
		}
		if n > most {
			most, best = n, nil
		}
		if n == most {
			best = append(best, folder)
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

// targets reads fleet.yaml, where the first row that matches a cluster decides.
func (t tree) targets() []target {
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
	if yaml.Unmarshal(t[fleetFile], &bundle) != nil {
		return nil
	}
	var rows []target
	for _, row := range bundle.Targets {
		s := row.ClusterSelector
		if s == nil && row.ClusterName == "" && row.ClusterGroup == "" {
			continue // it matches nothing
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
func retargeted(before, after []target) []pair {
	var found []pair
	if len(after) == 0 {
		return nil
	}
	for _, old := range before {
		if old.folder == "" {
			continue
		}
		for _, row := range after {
			if row.clusters == old.clusters || row.every && old.one {
				if row.folder != old.folder {
					found = append(found, pair{old: old.folder, new: row.folder})
				}
				break
			}
			if !row.one { // it may match what the old row did
				break
			}
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

func generated(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\ufeff")), []byte(generator.Header))
}
