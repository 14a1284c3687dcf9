package fleet_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

// perSet is how many overlays share their bases in the layout perBase.
const perSet = 10

// stackOf is a fleet of n clusters: each is named by a target, or by a label of it.
func stackOf(bundles v1alpha1.FleetBundles, n int, byLabel bool) *v1alpha1.Resolved {
	r := &v1alpha1.Resolved{Name: "lab", Fleet: &v1alpha1.Fleet{Bundles: bundles}}
	for i := range n {
		name := fmt.Sprintf("c%05d", i)
		base := v1alpha1.Base{Name: fmt.Sprintf("base-%03d", i/perSet), Namespace: "ai"}
		r.Overlays = append(r.Overlays, v1alpha1.ResolvedOverlay{Name: name, Bases: []v1alpha1.Base{base}})
		t := v1alpha1.FleetTarget{Overlay: name, ClusterName: name}
		if byLabel {
			t.ClusterName, t.ClusterSelector = "", &v1alpha1.LabelSelector{MatchLabels: map[string]string{"site": name}}
		}
		r.Fleet.Targets = append(r.Fleet.Targets, t)
	}
	return r
}

// who is what a target says of clusters.
type who struct {
	name     string
	selector labels.Selector
}

func whoOf(t testing.TB, all []any) []who {
	t.Helper()
	var found []who
	for _, one := range all {
		var says struct {
			ClusterName     string
			ClusterSelector *metav1.LabelSelector
		}
		data, err := yaml.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &says); err != nil {
			t.Fatal(err)
		}
		w := who{name: says.ClusterName}
		if says.ClusterSelector != nil {
			if w.selector, err = metav1.LabelSelectorAsSelector(says.ClusterSelector); err != nil {
				t.Fatal(err)
			}
		}
		found = append(found, w)
	}
	return found
}

// bundle is what the controller goes through of one.
type bundle struct{ customizations, targets, restrictions []who }

// bundlesIn are those that the generated files make, as Fleet's CLI stores them.
func bundlesIn(t testing.TB, r *v1alpha1.Resolved) []bundle {
	t.Helper()
	files, err := fleet.Files(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []bundle
	for name, data := range files {
		if path.Base(name) != "fleet.yaml" {
			continue
		}
		if r.Fleet.Bundles == v1alpha1.FleetOne { // the GitRepo names the clusters
			data = append(data, "overrideTargets:\n"...)
			for _, target := range r.Fleet.Targets {
				target.Overlay = ""
				line, err := yaml.Marshal([]v1alpha1.FleetTarget{target})
				if err != nil {
					t.Fatal(err)
				}
				data = append(data, line...)
			}
		}
		object, _, err := fleet.Bundle(data, nil)
		if err != nil {
			t.Fatal(err)
		}
		spec := object["spec"].(map[string]any)
		targets, restrictions := spec["targets"].([]any), spec["targetRestrictions"].([]any)
		own := len(targets) - len(restrictions)
		all = append(all, bundle{whoOf(t, targets[:own]), whoOf(t, targets[own:]), whoOf(t, restrictions)})
	}
	return all
}

// look counts the comparisons of one look at a bundle, for all clusters.
func (b bundle) look(clusters []labels.Set) (comparisons, deployed int) {
	for _, of := range clusters {
		name := of["site"]
		first := func(all []who) bool {
			for _, w := range all {
				comparisons++
				if w.name != "" && w.name == name || w.selector != nil && w.selector.Matches(of) {
					return true
				}
			}
			return false
		}
		for i := range b.targets {
			if first(b.restrictions) && first(b.targets[i:i+1]) {
				first(b.customizations)
				deployed++
				break
			}
		}
	}
	return comparisons, deployed
}

// clustersFor has one for each overlay, by its name.
func clustersFor(r *v1alpha1.Resolved) []labels.Set {
	var all []labels.Set
	for _, o := range r.Overlays {
		all = append(all, labels.Set{"site": o.Name})
	}
	return all
}

var layouts = []v1alpha1.FleetBundles{v1alpha1.FleetOne, v1alpha1.FleetPerBase, v1alpha1.FleetPerOverlay}

// What is warned of is what a controller would do with the generated bundles.
func TestComparisons(t *testing.T) {
	const n = 4 * perSet
	for _, layout := range layouts {
		for _, byLabel := range []bool{false, true} {
			r := stackOf(layout, n, byLabel)
			all := bundlesIn(t, r)
			deployed := 0
			for _, b := range all {
				got, to := b.look(clustersFor(r))
				if want := fleet.Comparisons(len(b.targets), n); got != want {
					t.Errorf("%s, %d targets for %d clusters: %d comparisons, want %d", layout, len(b.targets), n, got, want)
				}
				deployed += to
			}
			if deployed != n {
				t.Errorf("%s: %d clusters get a bundle, want %d", layout, deployed, n)
			}
		}
	}
}

// Bundles that the controller looks at for long are warned of, and the layout that is
// named in place of theirs is not.
func TestLongLooks(t *testing.T) {
	r := stackOf(v1alpha1.FleetPerBase, 1400, false)
	for i := range r.Overlays {
		r.Overlays[i].Bases[0].Name = fmt.Sprint("base-", i%2)
	}
	for layout, want := range map[v1alpha1.FleetBundles]int{v1alpha1.FleetPerBase: 2, v1alpha1.FleetPerOverlay: 0} {
		r.Fleet.Bundles = layout
		found, err := fleet.Check(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != want {
			t.Errorf("%s: %d warnings, want %d:\n%v", layout, len(found), want, found)
		}
		for _, p := range found {
			if p.Severity != problem.Warning || !strings.Contains(p.Fix, "perOverlay") {
				t.Errorf("%s: %v", layout, p)
			}
		}
	}
}

// BenchmarkMatching is what one look at each of the bundles takes together, in the
// layouts, for so many clusters that are named or selected by a label.
func BenchmarkMatching(b *testing.B) {
	for _, byLabel := range []bool{false, true} {
		for _, layout := range layouts {
			for _, n := range []int{100, 300, 600} {
				b.Run(fmt.Sprintf("%s/%d/label=%t", layout, n, byLabel), func(b *testing.B) {
					r := stackOf(layout, n, byLabel)
					all, clusters := bundlesIn(b, r), clustersFor(r)
					comparisons := 0
					for b.Loop() {
						comparisons = 0
						for _, one := range all {
							found, _ := one.look(clusters)
							comparisons += found
						}
					}
					b.ReportMetric(float64(len(all)), "bundles")
					b.ReportMetric(float64(comparisons), "comparisons")
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(comparisons), "ns/comparison")
				})
			}
		}
	}
}
