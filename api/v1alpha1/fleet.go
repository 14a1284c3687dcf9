package v1alpha1

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Fleet says which cluster gets which overlay: targets in order, the first match
// wins.
type Fleet struct {
	// Bundles is how many of them hold the overlays: what a cluster fetches is its
	// whole bundle, and the management cluster stores at most 1.5 MiB of each. Default
	// one: fleet.yaml beside the bases and overlays. With perBase or perOverlay each is
	// a folder below fleet, with copies of what it needs, and says itself which
	// clusters get it. A change makes another bundle: Fleet deletes what the old one
	// deployed and is not told to keep.
	Bundles FleetBundles `json:"bundles,omitzero"`
	// Targets in order.
	Targets []FleetTarget `json:"targets,omitzero"`
	// DefaultOverlay goes to every cluster of the GitRepo that no target
	// matches, so it cannot be exposed. Default: such a cluster gets nothing.
	DefaultOverlay string `json:"defaultOverlay,omitzero"`
	// DependsOn lists bundles that must be ready first.
	DependsOn []FleetDependency `json:"dependsOn,omitzero"`
	// TakeOwnership of objects that another Helm release made. Default false.
	TakeOwnership bool `json:"takeOwnership,omitzero"`
	// KeepResources leaves everything in place when the GitRepo is removed.
	// Default false: only what carries helm.sh/resource-policy: keep stays.
	KeepResources bool `json:"keepResources,omitzero"`
	// CorrectDrift undoes changes made by hand. Default off.
	CorrectDrift *CorrectDrift `json:"correctDrift,omitzero"`
	// CopySecrets has Fleet copy the Secrets that an overlay needs from the GitRepo's
	// namespace on the management cluster to each cluster that gets it, by name: the
	// same values for all of them, in place of those that are there. `hearth secrets`
	// then makes them for the management cluster. Needs Fleet v0.16.0, and no Namespace
	// objects in the overlay: they land in the namespace of the Helm release. Default
	// false: each cluster has its own.
	CopySecrets bool `json:"copySecrets,omitzero"`
	// GitRepo fills in the example GitRepo.
	GitRepo GitRepo `json:"gitRepo,omitzero"`
}

// FleetBundles is what has a bundle of its own.
type FleetBundles string

const (
	// FleetOne is one bundle for all.
	FleetOne FleetBundles = "one"
	// FleetPerBase is one for the overlays of the same bases.
	FleetPerBase FleetBundles = "perBase"
	// FleetPerOverlay is one for each overlay.
	FleetPerOverlay FleetBundles = "perOverlay"
)

// Values lists the allowed ones.
func (FleetBundles) Values() []string { return texts(FleetOne, FleetPerBase, FleetPerOverlay) }

// Bundle is what the bundle of an overlay of these bases is named by, after the
// stack; "" if there is one for all.
func (f *Fleet) Bundle(overlay string, bases []string) string {
	switch f.Bundles {
	case FleetPerBase:
		return strings.Join(slices.Sorted(slices.Values(bases)), ".")
	case FleetPerOverlay:
		return overlay
	}
	return ""
}

// FleetTarget sends an overlay to clusters: by name, by group, or by label.
type FleetTarget struct {
	// Overlay to deploy.
	Overlay string `json:"overlay" yaml:"overlay,omitempty"`
	// ClusterName is the name of Fleet's Cluster object.
	ClusterName string `json:"clusterName,omitzero" yaml:"clusterName,omitempty"`
	// ClusterGroup is the name of a ClusterGroup.
	ClusterGroup string `json:"clusterGroup,omitzero" yaml:"clusterGroup,omitempty"`
	// ClusterSelector selects clusters by their labels.
	ClusterSelector *LabelSelector `json:"clusterSelector,omitzero" yaml:"clusterSelector,omitempty"`
}

// LabelSelector selects objects by label; all of it must match.
type LabelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitzero" yaml:"matchLabels,omitempty"`
	MatchExpressions []LabelExpression `json:"matchExpressions,omitzero" yaml:"matchExpressions,omitempty"`
}

// LabelExpression is one condition on a label.
type LabelExpression struct {
	Key      string        `json:"key" yaml:"key"`
	Operator LabelOperator `json:"operator" yaml:"operator"`
	Values   []string      `json:"values,omitzero" yaml:"values,omitempty"`
}

// LabelOperator relates a label to values.
type LabelOperator string

// Values lists the allowed operators.
func (LabelOperator) Values() []string { return []string{"In", "NotIn", "Exists", "DoesNotExist"} }

// FleetDependency is a bundle to wait for, by name or by label.
type FleetDependency struct {
	// Name of the bundle to wait for. Default none: the selector says which.
	Name string `json:"name,omitzero" yaml:"name,omitempty"`
	// Selector of the bundles to wait for, by their labels. Default none: the
	// name says which.
	Selector *LabelSelector `json:"selector,omitzero" yaml:"selector,omitempty"`
}

// CorrectDrift undoes changes made by hand.
type CorrectDrift struct {
	// Enabled turns it on, or off. Required.
	Enabled *bool `json:"enabled" yaml:"enabled"`
	// Force replaces objects that cannot be changed. Default false: it can
	// delete a volume.
	Force bool `json:"force,omitzero" yaml:"force,omitempty"`
	// KeepFailHistory keeps failed Helm releases.
	KeepFailHistory bool `json:"keepFailHistory,omitzero" yaml:"keepFailHistory,omitempty"`
}

// GitRepo fills in the example GitRepo, the object a person applies once to
// Fleet's management cluster.
type GitRepo struct {
	// Namespace of the GitRepo. Default fleet-default.
	Namespace string `json:"namespace,omitzero"`
	// Repo is the URL of the Git repository. Default: a placeholder.
	Repo string `json:"repo,omitzero"`
	// Branch to follow. Default main.
	Branch string `json:"branch,omitzero"`
	// Path of the output folder, the one of hearth.yaml, in the repository. Default ".".
	Path string `json:"path,omitzero"`
}

// Deployed are the overlays that some cluster can get. "" is among them if no
// overlay is the default.
func (f *Fleet) Deployed() map[string]bool {
	overlays := map[string]bool{f.DefaultOverlay: true}
	for _, t := range f.Targets {
		overlays[t.Overlay] = true
	}
	return overlays
}

// Deploys reports whether some cluster can get the overlay.
func (f *Fleet) Deploys(overlay string) bool {
	return f.DefaultOverlay == overlay ||
		slices.ContainsFunc(f.Targets, func(t FleetTarget) bool { return t.Overlay == overlay })
}

func (f *Fleet) applyDefaults() {
	fill(&f.Bundles, FleetOne)
	fill(&f.GitRepo.Namespace, "fleet-default")
	fill(&f.GitRepo.Repo, "https://git.example.org/you/your-repository")
	fill(&f.GitRepo.Branch, "main")
	fill(&f.GitRepo.Path, ".")
}

// maxBundleName is the most letters of a label's value: Fleet labels what it makes of
// a bundle by its name.
const maxBundleName = 63

// fleet checks which cluster gets which of the stack's overlays.
func (v validator) fleet(s *Stack, overlays names) {
	f := clone(*s.Spec.Fleet)
	f.applyDefaults()
	at, declared := field.NewPath("spec", "fleet"), field.NewPath("spec", "overlays")
	if len(f.Targets) == 0 && f.DefaultOverlay == "" {
		v.because(at.Child("defaultOverlay"), declared).errorf(at.Child("targets"), "write targets, or defaultOverlay for every cluster", "missing: no cluster would get anything")
	}
	for i, t := range f.Targets {
		at := at.Child("targets").Index(i)
		v.reference(at.Child("overlay"), t.Overlay, "overlay", overlays, declared)
		v.target(at, t)
	}
	v.hidden(at.Child("targets"), f.Targets)
	deployed := f.Deployed()
	for i, o := range s.Spec.Overlays {
		var bases []string
		for _, b := range o.Bases {
			bases = append(bases, b.Name())
		}
		if name := s.Metadata.Name + "-" + f.Bundle(o.Name, bases); deployed[o.Name] && len(name) > maxBundleName && len(s.Metadata.Name) <= maxBundleName {
			v.because(at.Child("bundles")).errorf(declared.Index(i).Child("name"), "choose shorter names", "its bundle would be %s, which has %d letters; it is the value of a label, at most %d", name, len(name), maxBundleName)
		}
	}
	if f.DefaultOverlay != "" {
		v.reference(at.Child("defaultOverlay"), f.DefaultOverlay, "overlay", overlays, declared)
	}
	// The Helm release of an overlay with Namespace objects has a namespace to
	// itself.
	for i, b := range s.Spec.Bases {
		if b.Namespace == s.Metadata.Name+"-release" {
			v.errorf(field.NewPath("spec", "bases").Index(i).Child("namespace"), "choose another", "got %q, which is the namespace of the stack's Helm release", b.Namespace)
		}
	}
	for i, d := range f.DependsOn {
		v.dependency(at.Child("dependsOn").Index(i), d, s.Metadata.Name)
	}
	if d := f.CorrectDrift; d != nil {
		v.correctDrift(at.Child("correctDrift"), d)
	}
	v.gitRepo(at.Child("gitRepo"), f.GitRepo)
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

func (v validator) correctDrift(at *field.Path, d *CorrectDrift) {
	switch {
	case d.Enabled == nil:
		v.errorf(at.Child("enabled"), "write enabled: true, or remove correctDrift", "missing: without it nothing is corrected")
	case !*d.Enabled && (d.Force || d.KeepFailHistory):
		v.errorf(at.Child("enabled"), "write enabled: true, or enabled alone", "got false: then nothing is corrected, and the other fields have no effect")
	case d.Force:
		v.warnf(at.Child("force"), "remove it", "Fleet deletes and makes anew what it cannot change, a volume with its data too")
	}
}

var (
	// scpForm is the short form of an ssh URL.
	scpForm = lazyregexp.New(`^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^ ]+$`)
	// branchForm leaves out what git check-ref-format refuses.
	branchForm = lazyregexp.New(`^[^-./ ~^:?*\[\\\x00-\x1f\x7f][^ ~^:?*\[\\\x00-\x1f\x7f]*$`)
)

func (v validator) gitRepo(at *field.Path, g GitRepo) {
	v.label(at.Child("namespace"), g.Namespace, "the GitRepo's namespace")
	u, err := url.Parse(g.Repo)
	switch {
	case scpForm().MatchString(g.Repo):
	case err != nil || u.Host == "" || !slices.Contains([]string{"https", "http", "ssh"}, u.Scheme):
		v.errorf(at.Child("repo"), "", "got %q, want a Git URL such as https://git.example.org/you/repository or git@git.example.org:you/repository", g.Repo)
	case u.Scheme != "ssh" && u.User != nil:
		v.errorf(at.Child("repo"), "put them into a Secret and name it in the GitRepo's clientSecretName", "the URL of %s holds a user or password, which would be in Git for everybody to read", u.Host)
	}
	b := g.Branch
	if !branchForm().MatchString(b) || strings.Contains(b, "..") || strings.Contains(b, "@{") || strings.HasSuffix(b, "/") || strings.HasSuffix(b, ".lock") {
		v.errorf(at.Child("branch"), "", "got %q, want a branch such as main", b)
	}
	if path.IsAbs(g.Path) || g.Path != "." && path.Clean(g.Path) != strings.TrimSuffix(g.Path, "/") || strings.HasPrefix(g.Path, "..") || strings.ContainsFunc(g.Path, unicode.IsControl) {
		v.errorf(at.Child("path"), "", "got %q, want the folder of fleet.yaml below the repository's top, such as clusters/ai", g.Path)
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

// empty reports whether a selector is there and says nothing.
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

// some reports whether a target selects some clusters, not none and not all.
func (t FleetTarget) some() bool {
	return (t.ClusterName != "" || t.ClusterGroup != "" || t.ClusterSelector != nil) && !t.ClusterSelector.empty()
}

// Short is what somebody means who writes the name of an overlay alone.
func (*FleetTarget) Short(name string) (fix string, value any) {
	return "write {overlay: " + problem.Clip(name) + ", clusterName: NAME}", nil
}
