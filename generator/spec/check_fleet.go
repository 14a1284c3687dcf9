package spec

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

func (c *checker) fleet(s *Stack) {
	f := s.Spec.Fleet
	if len(f.Targets) == 0 && f.DefaultOverlay == "" {
		c.errorf("spec.fleet.targets", "write targets, or defaultOverlay for every cluster", "missing: no cluster would get anything")
	}
	for i, t := range f.Targets {
		at := fmt.Sprintf("spec.fleet.targets[%d]", i)
		c.overlayRef(at+".overlay", s, t.Overlay)
		c.target(at, t)
		for j, earlier := range f.Targets[:i] {
			c.overlap(at, t, j, earlier)
		}
	}
	if f.DefaultOverlay != "" {
		c.overlayRef("spec.fleet.defaultOverlay", s, f.DefaultOverlay)
		if o := s.Overlay(f.DefaultOverlay); o != nil && o.exposed() {
			c.errorf("spec.fleet.defaultOverlay", "name an overlay without a route, or leave it out: then such clusters get nothing",
				"%q is exposed, and Fleet gives the default to every cluster that no target matches", f.DefaultOverlay)
		}
	}
	c.namespaceLabels(s)
	for i, d := range f.DependsOn {
		at := fmt.Sprintf("spec.fleet.dependsOn[%d]", i)
		if d.Name == "" && d.Selector == nil {
			c.errorf(at, "write the name of a bundle, or a selector of its labels", "the dependency is empty")
		}
		c.optionalName(at+".name", d.Name, "a bundle")
		c.selector(at+".selector", d.Selector)
	}
	c.gitRepo(f.GitRepo)
}

func (o *Overlay) exposed() bool {
	return slices.ContainsFunc(o.Bases, func(b Base) bool {
		return b.Expose != nil && b.Expose.Type != ExposeInternal
	})
}

func (c *checker) overlayRef(at string, s *Stack, name string) {
	switch {
	case name == "":
		c.errorf(at, "name one of "+list(s.overlayNames()), "missing: which overlay?")
	case s.Overlay(name) == nil:
		c.errorf(at, suggest(name, s.overlayNames()), "no overlay %q: the overlays are %s", name, list(s.overlayNames()))
	}
}

func (c *checker) target(at string, t FleetTarget) {
	if t.ClusterName == "" && t.ClusterGroup == "" && t.ClusterSelector == nil {
		c.errorf(at, "write clusterName, clusterGroup or clusterSelector", "the target names no cluster, and Fleet would match none")
	}
	c.optionalName(at+".clusterName", t.ClusterName, "a Cluster of Fleet")
	c.optionalName(at+".clusterGroup", t.ClusterGroup, "a ClusterGroup of Fleet")
	c.selector(at+".clusterSelector", t.ClusterSelector)
}

func (c *checker) selector(at string, s *LabelSelector) {
	if s == nil {
		return
	}
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		c.errorf(at, "write matchLabels; for every cluster there is defaultOverlay", "an empty selector matches everything")
	}
	c.labels(at+".matchLabels", s.MatchLabels)
	for i, e := range s.MatchExpressions {
		here := fmt.Sprintf("%s.matchExpressions[%d]", at, i)
		c.labelKey(here+".key", e.Key)
		needsValues := e.Operator == "In" || e.Operator == "NotIn"
		switch {
		case e.Operator == "":
			c.errorf(here+".operator", "", "missing: choose %s", strings.Join(e.Operator.Values(), ", "))
		case needsValues && len(e.Values) == 0:
			c.errorf(here+".values", "", "missing: operator %s compares with values", e.Operator)
		case !needsValues && len(e.Values) > 0:
			c.errorf(here+".values", "remove them, or use In or NotIn", "operator %s has no values", e.Operator)
		}
	}
}

// overlap reports a target that an earlier one hides: the first match wins.
func (c *checker) overlap(at string, t FleetTarget, j int, earlier FleetTarget) {
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
		if mine.MatchLabels[key] != value {
			return
		}
	}
	name := fmt.Sprintf("spec.fleet.targets[%d] (%s)", j, earlier.Overlay)
	if len(theirs.MatchExpressions) > 0 {
		c.warnf(at, "order the targets from the narrowest to the widest", "the expressions of %s may match the same clusters, and it comes first", name)
		return
	}
	c.errorf(at, "put it before that one, or give it a selector that the other has not", "never reached: %s matches all of its clusters first", name)
}

// namespaceLabels warns of a defect of Fleet: the labels of all targets land on
// every cluster (rancher/fleet#4210).
func (c *checker) namespaceLabels(s *Stack) {
	var first *Overlay
	names := []string{}
	for _, t := range s.Spec.Fleet.Targets {
		names = append(names, t.Overlay)
	}
	for i, name := range append(names, s.Spec.Fleet.DefaultOverlay) {
		o := s.Overlay(name)
		if o == nil || len(o.Bases) == 0 {
			continue
		}
		if first == nil {
			first = o
			continue
		}
		if !maps.Equal(first.Bases[0].NamespaceLabels, o.Bases[0].NamespaceLabels) {
			at := "spec.fleet.defaultOverlay"
			if i < len(names) {
				at = fmt.Sprintf("spec.fleet.targets[%d].overlay", i)
			}
			c.warnf(at, "give all overlays the same namespaceLabels",
				"the namespaceLabels of %s and %s differ, and some versions of Fleet put those of all targets on every cluster (rancher/fleet#4210)", first.Name, o.Name)
			return
		}
	}
}

func (c *checker) gitRepo(g GitRepo) {
	c.label("spec.fleet.gitRepo.namespace", g.Namespace, "the GitRepo's namespace")
	if u, err := url.Parse(g.Repo); err != nil && !strings.Contains(g.Repo, "@") || err == nil && u.Scheme == "" {
		c.errorf("spec.fleet.gitRepo.repo", "", "got %q, want a Git URL such as https://git.example.org/you/repository or git@git.example.org:you/repository", g.Repo)
	}
	if strings.ContainsAny(g.Branch, " ~^:?*[\\") {
		c.errorf("spec.fleet.gitRepo.branch", "", "got %q, want a branch such as main", g.Branch)
	}
	if path.IsAbs(g.Path) || g.Path != "." && path.Clean(g.Path) != strings.TrimSuffix(g.Path, "/") || strings.HasPrefix(g.Path, "..") {
		c.errorf("spec.fleet.gitRepo.path", "", "got %q, want the folder of fleet.yaml below the repository's top, such as clusters/ai", g.Path)
	}
}
