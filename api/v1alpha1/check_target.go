package v1alpha1

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

func (c *checker) target(at string, t FleetTarget) {
	if t.ClusterName == "" && t.ClusterGroup == "" && t.ClusterSelector == nil {
		c.errorf(at, "write clusterName, clusterGroup or clusterSelector", "the target names no cluster, and Fleet would match none")
	}
	c.optionalName(at+".clusterName", t.ClusterName, "a Cluster of Fleet")
	c.optionalName(at+".clusterGroup", t.ClusterGroup, "a ClusterGroup of Fleet")
	if t.ClusterSelector.empty() {
		c.errorf(at+".clusterSelector", "write matchLabels; for every cluster there is defaultOverlay", "an empty selector matches everything")
	}
	c.selector(at+".clusterSelector", t.ClusterSelector)
}

// empty tells a selector that is there and says nothing.
func (s *LabelSelector) empty() bool {
	return s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0
}

func (c *checker) selector(at string, s *LabelSelector) {
	if s == nil {
		return
	}
	c.labels(at+".matchLabels", s.MatchLabels)
	for i, e := range s.MatchExpressions {
		c.expression(fmt.Sprintf("%s.matchExpressions[%d]", at, i), e.Key, string(e.Operator), e.Values)
	}
}

// some tells a target that selects some clusters, not none and not all.
func (t FleetTarget) some() bool {
	return (t.ClusterName != "" || t.ClusterGroup != "" || t.ClusterSelector != nil) && !t.ClusterSelector.empty()
}

// overlap reports a target that the j-th, an earlier one, hides: the first match
// wins.
func (c *checker) overlap(at string, t FleetTarget, j int, earlier FleetTarget) {
	name := fmt.Sprintf("spec.fleet.targets[%d]", j)
	if !c.read(name) || !c.read(at) || !t.some() || !earlier.some() {
		return
	}
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
	name += " (" + earlier.Overlay + ")"
	if covered {
		c.errorf(at, "put it before that one, or give it a selector that the other has not", "never reached: %s matches all of its clusters first", name)
		return
	}
	c.warnf(at, "order the targets from the narrowest to the widest", "the expressions of %s may match the same clusters, and it comes first", name)
}

// matches tells whether a label that is there, with this value, meets e.
func (e LabelExpression) matches(value string) bool {
	switch e.Operator {
	case "In":
		return slices.Contains(e.Values, value)
	case "NotIn":
		return !slices.Contains(e.Values, value)
	}
	return e.Operator == "Exists"
}

// deployed are the overlays that Fleet uses, each once, with the place that
// names it.
func (s *Stack) deployed() (overlays []*Overlay, places []string) {
	add := func(name, place string) {
		if o := s.Overlay(name); o != nil && len(o.Bases) > 0 && !slices.Contains(overlays, o) {
			overlays, places = append(overlays, o), append(places, place)
		}
	}
	for i, t := range s.Spec.Fleet.Targets {
		add(t.Overlay, fmt.Sprintf("spec.fleet.targets[%d].overlay", i))
	}
	add(s.Spec.Fleet.DefaultOverlay, "spec.fleet.defaultOverlay")
	return overlays, places
}

// sameLabels warns of a defect of Fleet: the labels of all targets land on
// every cluster (rancher/fleet#4210).
func (c *checker) sameLabels(s *Stack) {
	overlays, places := s.deployed()
	for i, o := range overlays {
		if first := overlays[0]; !maps.Equal(first.Bases[0].NamespaceLabels, o.Bases[0].NamespaceLabels) {
			c.warnf(places[i], "give all overlays the same namespaceLabels",
				"the namespaceLabels of %s and %s differ, and some versions of Fleet put those of all targets on every cluster (rancher/fleet#4210)", first.Name, o.Name)
			return
		}
	}
}

// sameHosts warns of one name for routes of several clusters: it leads to one
// of them only.
func (c *checker) sameHosts(s *Stack) {
	overlays, places := s.deployed()
	first := map[Host]string{}
	for i, o := range overlays {
		for _, b := range o.Bases {
			if b.Expose == nil || b.Expose.Host == "" {
				continue
			}
			if other, taken := first[b.Expose.Host]; taken && other != o.Name {
				c.warnf(places[i], "give one of them another host", "%s and %s both have a route for %s", other, o.Name, b.Expose.Host)
				continue
			}
			first[b.Expose.Host] = o.Name
		}
	}
}
