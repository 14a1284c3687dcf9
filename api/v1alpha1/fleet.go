package v1alpha1

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Fleet says which cluster gets which overlay: one bundle, targets in order,
// the first match wins.
type Fleet struct {
	// Targets in order.
	Targets []FleetTarget `json:"targets"`
	// DefaultOverlay goes to every cluster of the GitRepo that no target
	// matches, so it cannot be exposed. Default: such a cluster gets nothing.
	DefaultOverlay string `json:"defaultOverlay,omitempty"`
	// DependsOn lists bundles that must be ready first.
	DependsOn []FleetDependency `json:"dependsOn,omitempty"`
	// TakeOwnership of objects that another Helm release made. Default false.
	TakeOwnership bool `json:"takeOwnership,omitempty"`
	// KeepResources leaves everything in place when the GitRepo is removed.
	// Default false: only what carries helm.sh/resource-policy: keep stays.
	KeepResources bool `json:"keepResources,omitempty"`
	// CorrectDrift undoes changes made by hand. Default off.
	CorrectDrift *CorrectDrift `json:"correctDrift,omitempty"`
	// GitRepo fills in the example GitRepo.
	GitRepo GitRepo `json:"gitRepo,omitempty"`
}

// FleetTarget sends an overlay to clusters: by name, by group, or by label.
type FleetTarget struct {
	// Overlay to deploy.
	Overlay string `json:"overlay"`
	// ClusterName is the name of Fleet's Cluster object.
	ClusterName string `json:"clusterName,omitempty"`
	// ClusterGroup is the name of a ClusterGroup.
	ClusterGroup string `json:"clusterGroup,omitempty"`
	// ClusterSelector selects clusters by their labels.
	ClusterSelector *LabelSelector `json:"clusterSelector,omitempty"`
}

// LabelSelector selects objects by label; all of it must match.
type LabelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []LabelExpression `json:"matchExpressions,omitempty"`
}

// LabelExpression is one condition on a label.
type LabelExpression struct {
	Key      string        `json:"key"`
	Operator LabelOperator `json:"operator"`
	Values   []string      `json:"values,omitempty"`
}

// LabelOperator relates a label to values.
type LabelOperator string

// Values lists the allowed operators.
func (LabelOperator) Values() []string { return []string{"In", "NotIn", "Exists", "DoesNotExist"} }

// FleetDependency is a bundle to wait for, by name or by label.
type FleetDependency struct {
	Name     string         `json:"name,omitempty"`
	Selector *LabelSelector `json:"selector,omitempty"`
}

// CorrectDrift undoes changes made by hand.
type CorrectDrift struct {
	Enabled bool `json:"enabled"`
	// Force replaces objects that cannot be changed. Default false: it can
	// delete a volume.
	Force bool `json:"force,omitempty"`
	// KeepFailHistory keeps failed Helm releases.
	KeepFailHistory bool `json:"keepFailHistory,omitempty"`
}

// GitRepo fills in the example GitRepo, the object a person applies once to
// Fleet's management cluster.
type GitRepo struct {
	// Namespace of the GitRepo. Default fleet-default.
	Namespace string `json:"namespace,omitempty"`
	// Repo is the URL of the Git repository. Default: a placeholder.
	Repo string `json:"repo,omitempty"`
	// Branch to follow. Default main.
	Branch string `json:"branch,omitempty"`
	// Path of the folder with fleet.yaml in the repository. Default ".".
	Path string `json:"path,omitempty"`
}

func (v validator) fleet(s *Stack) {
	f := s.Spec.Fleet
	if len(f.Targets) == 0 && f.DefaultOverlay == "" {
		v.errorf("spec.fleet.targets", "write targets, or defaultOverlay for every cluster", "missing: no cluster would get anything")
	}
	for i, t := range f.Targets {
		at := fmt.Sprintf("spec.fleet.targets[%d]", i)
		v.reference(at.Child("overlay"), t.Overlay, "overlay", s.overlayNames())
		v.target(at, t)
		for j, earlier := range f.Targets[:i] {
			v.overlap(at, t, j, earlier)
		}
	}
	if f.DefaultOverlay != "" {
		v.reference("spec.fleet.defaultOverlay", f.DefaultOverlay, "overlay", s.overlayNames())
		if o := s.Overlay(f.DefaultOverlay); o != nil && o.exposed() {
			v.errorf("spec.fleet.defaultOverlay", "name an overlay without a route, or leave it out: then such clusters get nothing",
				"%q is exposed, and Fleet gives the default to every cluster that no target matches", f.DefaultOverlay)
		}
	}
	c.sameLabels(s)
	c.sameHosts(s)
	c.releaseNamespace(s)
	for i, d := range f.DependsOn {
		v.dependency(fmt.Sprintf("spec.fleet.dependsOn[%d]", i), d, s.Metadata.Name)
	}
	if d := f.CorrectDrift; d != nil {
		v.correctDrift(d)
	}
	v.gitRepo(f.GitRepo)
}

// exposed tells an overlay that opens something outside the cluster.
func (o *Overlay) exposed() bool {
	return slices.ContainsFunc(o.Bases, func(b Base) bool {
		return b.Expose != nil && b.Expose.Type != ExposeInternal || b.OpenWebUI != nil && b.OpenWebUI.Service.Type != ClusterIP
	})
}

// releaseNamespace keeps the bases away from the namespace of the Helm release,
// which an overlay with Namespace objects has to itself.
func (v validator) releaseNamespace(s *Stack) {
	for i, b := range s.Spec.Bases {
		if b.Namespace == s.Metadata.Name+"-release" {
			v.errorf(fmt.Sprintf("spec.bases[%d].namespace", i), "choose another", "got %q, which is the namespace of the stack's Helm release", b.Namespace)
		}
	}
}

func (v validator) dependency(at *field.Path, d FleetDependency, self string) {
	switch {
	case d.Name == "" && d.Selector == nil:
		v.errorf(at, "write the name of a bundle, or a selector of its labels", "the dependency is empty")
	case d.Name == self:
		v.errorf(at.Child("name"), "remove it", "%q is this bundle itself: it would wait for ever", d.Name)
	}
	if d.Selector.empty() {
		v.errorf(at.Child("selector"), "write matchLabels, or the name of a bundle", "an empty selector matches every bundle, this one too")
	}
	v.optionalName(at.Child("name"), d.Name, "a bundle")
	v.selector(at.Child("selector"), d.Selector)
}

func (v validator) correctDrift(d *CorrectDrift) {
	switch {
	case !d.Enabled && (d.Force || d.KeepFailHistory || !c.written("spec.fleet.correctDrift.enabled")):
		v.errorf("spec.fleet.correctDrift.enabled", "write enabled: true, or remove correctDrift", "missing or false: without it nothing is corrected")
	case d.Force:
		v.warnf("spec.fleet.correctDrift.force", "remove it", "Fleet deletes and makes anew what it cannot change, a volume with its data too")
	}
}

var (
	// scpForm is the short form of an ssh URL.
	scpForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^ ]+$`)
	// branchForm leaves out what git check-ref-format refuses.
	branchForm = regexp.MustCompile(`^[^-./ ~^:?*\[\\\x00-\x1f\x7f][^ ~^:?*\[\\\x00-\x1f\x7f]*$`)
)

func (v validator) gitRepo(g GitRepo) {
	v.label("spec.fleet.gitRepo.namespace", g.Namespace, "the GitRepo's namespace")
	u, err := url.Parse(g.Repo)
	switch {
	case scpForm.MatchString(g.Repo):
	case err != nil || u.Host == "" || !slices.Contains([]string{"https", "http", "ssh"}, u.Scheme):
		v.errorf("spec.fleet.gitRepo.repo", "", "got %q, want a Git URL such as https://git.example.org/you/repository or git@git.example.org:you/repository", g.Repo)
	case u.Scheme != "ssh" && u.User != nil:
		v.errorf("spec.fleet.gitRepo.repo", "put them into a Secret and name it in the GitRepo's clientSecretName", "the URL of %s holds a user or password, which would be in Git for everybody to read", u.Host)
	}
	b := g.Branch
	if !branchForm.MatchString(b) || strings.Contains(b, "..") || strings.Contains(b, "@{") || strings.HasSuffix(b, "/") || strings.HasSuffix(b, ".lock") {
		v.errorf("spec.fleet.gitRepo.branch", "", "got %q, want a branch such as main", b)
	}
	if path.IsAbs(g.Path) || g.Path != "." && path.Clean(g.Path) != strings.TrimSuffix(g.Path, "/") || strings.HasPrefix(g.Path, "..") || strings.ContainsFunc(g.Path, unicode.IsControl) {
		v.errorf("spec.fleet.gitRepo.path", "", "got %q, want the folder of fleet.yaml below the repository's top, such as clusters/ai", g.Path)
	}
}

func (v validator) target(at *field.Path, t FleetTarget) {
	if t.ClusterName == "" && t.ClusterGroup == "" && t.ClusterSelector == nil {
		v.errorf(at, "write clusterName, clusterGroup or clusterSelector", "the target names no cluster, and Fleet would match none")
	}
	v.optionalName(at.Child("clusterName"), t.ClusterName, "a Cluster of Fleet")
	v.optionalName(at.Child("clusterGroup"), t.ClusterGroup, "a ClusterGroup of Fleet")
	if t.ClusterSelector.empty() {
		v.errorf(at.Child("clusterSelector"), "write matchLabels; for every cluster there is defaultOverlay", "an empty selector matches everything")
	}
	v.selector(at.Child("clusterSelector"), t.ClusterSelector)
}

// empty tells a selector that is there and says nothing.
func (s *LabelSelector) empty() bool {
	return s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0
}

func (v validator) selector(at *field.Path, s *LabelSelector) {
	if s == nil {
		return
	}
	v.labels(at.Child("matchLabels"), s.MatchLabels)
	for i, e := range s.MatchExpressions {
		v.expression(at.Child("matchExpressions").Index(i), e.Key, string(e.Operator), e.Values)
	}
}

// some tells a target that selects some clusters, not none and not all.
func (t FleetTarget) some() bool {
	return (t.ClusterName != "" || t.ClusterGroup != "" || t.ClusterSelector != nil) && !t.ClusterSelector.empty()
}

// overlap reports a target that the j-th, an earlier one, hides: the first match
// wins.
func (v validator) overlap(at *field.Path, t FleetTarget, j int, earlier FleetTarget) {
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
		v.errorf(at, "put it before that one, or give it a selector that the other has not", "never reached: %s matches all of its clusters first", name)
		return
	}
	v.warnf(at, "order the targets from the narrowest to the widest", "the expressions of %s may match the same clusters, and it comes first", name)
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
func (v validator) sameLabels(s *Stack) {
	overlays, places := s.deployed()
	for i, o := range overlays {
		if first := overlays[0]; !maps.Equal(first.Bases[0].NamespaceLabels, o.Bases[0].NamespaceLabels) {
			v.warnf(places[i], "give all overlays the same namespaceLabels",
				"the namespaceLabels of %s and %s differ, and some versions of Fleet put those of all targets on every cluster (rancher/fleet#4210)", first.Name, o.Name)
			return
		}
	}
}

// sameHosts warns of one name for routes of several clusters: it leads to one
// of them only.
func (v validator) sameHosts(s *Stack) {
	overlays, places := s.deployed()
	first := map[Host]string{}
	for i, o := range overlays {
		for _, b := range o.Bases {
			if b.Expose == nil || b.Expose.Host == "" {
				continue
			}
			if other, taken := first[b.Expose.Host]; taken && other != o.Name {
				v.warnf(places[i], "give one of them another host", "%s and %s both have a route for %s", other, o.Name, b.Expose.Host)
				continue
			}
			first[b.Expose.Host] = o.Name
		}
	}
}
