package v1alpha1

import (
	"cmp"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// hidden reports every target that an earlier one hides.
func (v validator) hidden(at *field.Path, targets []FleetTarget) {
	often := map[targetFact]int{}
	for _, t := range targets {
		for _, fact := range t.facts() {
			often[fact]++
		}
	}
	// A target can hide only those that meet all of its facts, so it is looked for
	// by the one of them that the fewest targets share. One without any, a selector
	// of expressions alone, is asked of every later target.
	by := map[targetFact][]int{}
	for i, t := range targets {
		facts := t.facts()
		var earlier []int
		for _, fact := range append(facts, targetFact{}) {
			earlier = append(earlier, by[fact]...)
		}
		slices.Sort(earlier)
		for _, j := range earlier {
			v.overlap(at.Index(i), t, at.Index(j), targets[j])
		}
		rarest := targetFact{}
		if len(facts) > 0 {
			rarest = slices.MinFunc(facts, func(a, b targetFact) int {
				return cmp.Or(cmp.Compare(often[a], often[b]), cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
			})
		}
		by[rarest] = append(by[rarest], i)
	}
}

// targetFact is what a cluster must have to be matched: its name, a group that it is
// in, or the value of a label.
type targetFact struct{ key, value string }

// facts of a target; the keys of name and group are no labels'.
func (t FleetTarget) facts() []targetFact {
	var facts []targetFact
	if t.ClusterName != "" {
		facts = append(facts, targetFact{"/name", t.ClusterName})
	}
	if t.ClusterGroup != "" {
		facts = append(facts, targetFact{"/group", t.ClusterGroup})
	}
	if t.ClusterSelector != nil {
		for key, value := range t.ClusterSelector.MatchLabels {
			facts = append(facts, targetFact{key, value})
		}
	}
	return facts
}

// overlap reports a target that an earlier one hides: the first match wins.
func (v validator) overlap(at *field.Path, t FleetTarget, other *field.Path, earlier FleetTarget) {
	if !t.some() || !earlier.some() {
		return
	}
	v = v.because(other)
	if earlier.ClusterName != "" && earlier.ClusterName != t.ClusterName ||
		earlier.ClusterGroup != "" && earlier.ClusterGroup != t.ClusterGroup {
		return
	}
	var mine, theirs LabelSelector
	if t.ClusterSelector != nil {
		mine = *t.ClusterSelector
	}
	if earlier.ClusterSelector != nil {
		theirs = *earlier.ClusterSelector
	}
	for key, value := range theirs.MatchLabels {
		if got, given := mine.MatchLabels[key]; !given || got != value {
			return
		}
	}
	covered := true
	for _, e := range theirs.MatchExpressions {
		same := slices.ContainsFunc(mine.MatchExpressions, func(m LabelExpression) bool { return reflect.DeepEqual(m, e) })
		value, given := mine.MatchLabels[e.Key]
		switch {
		case same || given && e.matches(value):
		case given:
			return // no cluster matches both
		default:
			covered = false
		}
	}
	name := other.String() + " (" + earlier.Overlay + ")"
	if covered {
		v.errorf(at, "put it before that one, or give it a selector that the other has not", "never reached: %s matches all of its clusters first", name)
		return
	}
	v.warnf(at, "order the targets from the narrowest to the widest", "the expressions of %s may match the same clusters, and it comes first", name)
}

// matches reports whether a label that is there, with this value, meets e.
func (e LabelExpression) matches(value string) bool {
	switch e.Operator {
	case "In":
		return slices.Contains(e.Values, value)
	case "NotIn":
		return !slices.Contains(e.Values, value)
	}
	return e.Operator == "Exists"
}
