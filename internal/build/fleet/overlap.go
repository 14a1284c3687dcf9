package fleet

import (
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// index finds overlays, and the targets that may match a cluster which another one
// matches, without a look at all of them for each.
type index struct {
	stack    string
	copies   bool // Secrets, from the management cluster
	overlays map[string]*v1alpha1.ResolvedOverlay
	targets  []v1alpha1.FleetTarget
	facts    []map[string]string
	having   map[string]map[string][]int // fact → value → targets
	lacking  map[string][]int            // fact → targets that say nothing of it
	of       map[string][]int            // overlay → its targets
}

// factsOf are what a cluster must have to be matched: it has one name, and one value
// of each label. It may be in many groups.
func factsOf(t v1alpha1.FleetTarget) map[string]string {
	facts := map[string]string{}
	if t.ClusterName != "" {
		facts[""] = t.ClusterName
	}
	if t.ClusterSelector != nil {
		for key, value := range t.ClusterSelector.MatchLabels {
			facts[key] = value
		}
	}
	return facts
}

func newIndex(r *v1alpha1.Resolved) index {
	targets := r.Fleet.Targets
	x := index{stack: r.Name, copies: r.Fleet.CopySecrets, overlays: map[string]*v1alpha1.ResolvedOverlay{}, targets: targets, having: map[string]map[string][]int{}, lacking: map[string][]int{}, of: map[string][]int{}}
	for i := range r.Overlays {
		x.overlays[r.Overlays[i].Name] = &r.Overlays[i]
	}
	for i, t := range targets {
		facts := factsOf(t)
		x.facts = append(x.facts, facts)
		x.of[t.Overlay] = append(x.of[t.Overlay], i)
		for key, value := range facts {
			if x.having[key] == nil {
				x.having[key] = map[string][]int{}
			}
			x.having[key][value] = append(x.having[key][value], i)
		}
	}
	for key := range x.having {
		for i := range targets {
			if _, has := x.facts[i][key]; !has {
				x.lacking[key] = append(x.lacking[key], i)
			}
		}
	}
	return x
}

// rows are the targets of a bundle in their order: those of its own overlays, and each
// earlier one of others that may match the same cluster, which then gets nothing of
// this bundle; or all of them, where every other cluster gets it.
func (x index) rows(own map[string]bool, every bool) []int {
	var rows []int
	if every {
		for i := range x.targets {
			rows = append(rows, i)
		}
		return rows
	}
	for overlay := range own {
		for _, i := range x.of[overlay] {
			rows = append(rows, i)
			for _, j := range x.near(i) {
				if j < i && !own[x.targets[j].Overlay] && !x.disjoint(i, j) {
					rows = append(rows, j)
				}
			}
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// near are targets among which all are that are not disjoint with this one.
func (x index) near(i int) []int {
	var least []int
	for key, value := range x.facts[i] {
		found := slices.Concat(x.having[key][value], x.lacking[key])
		if least == nil || len(found) < len(least) {
			least = found
		}
	}
	if least != nil {
		return least
	}
	for j := range x.targets {
		least = append(least, j)
	}
	return least
}

// disjoint reports whether no cluster can match both.
func (x index) disjoint(i, j int) bool {
	for key, value := range x.facts[i] {
		if other, has := x.facts[j][key]; has && other != value {
			return true
		}
	}
	return false
}
