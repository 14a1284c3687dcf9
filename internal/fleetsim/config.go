package fleetsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Config is what the simulator needs of a fleet.yaml. Fleet drops unknown keys
// without a word, and so does the decoder: see [Validate] for the strict view.
type Config struct {
	// Name of the bundle. Default: from the GitRepo's name and the path, so that
	// renaming either makes another bundle.
	Name string `json:"name,omitempty"`
	// Options of every cluster, before its target's.
	Options `json:",inline"`
	// Targets is not documented in fleet.yaml, but decoded: it comes before
	// TargetCustomizations.
	Targets []Target `json:"targets,omitempty"`
	// TargetCustomizations in order; the first that matches a cluster counts.
	TargetCustomizations []Target `json:"targetCustomizations,omitempty"`
	// TargetCustomizationMode AllMatches merges all that match, in order; any other
	// takes the first, as every Fleet before v0.16 does.
	TargetCustomizationMode string `json:"targetCustomizationMode,omitempty"`
	// OverrideTargets replaces the GitRepo's targets: other clusters get nothing.
	OverrideTargets []Target `json:"overrideTargets,omitempty"`
}

// Options say how a bundle is deployed.
type Options struct {
	// DefaultNamespace is the namespace of the Helm release and of every object
	// without one. Default "default".
	DefaultNamespace string `json:"defaultNamespace,omitempty"`
	// Namespace replaces the namespace of every object, and refuses
	// cluster-scoped ones.
	Namespace string `json:"namespace,omitempty"`
	// NamespaceLabels are set on the release's namespace. Until v0.16 every other
	// label of it is removed, but for some of Kubernetes' own.
	NamespaceLabels map[string]string `json:"namespaceLabels,omitempty"`
	// ServiceAccount of each cluster is who deploys the bundle there. Default: the
	// GitRepo's, else the agent.
	ServiceAccount string `json:"serviceAccount,omitempty"`
	// DownstreamResources are copied from the bundle's namespace on the management
	// cluster to that of the release: Secrets and ConfigMaps. Until v0.16 those of a
	// target are not.
	DownstreamResources []Copied `json:"downstreamResources,omitempty"`
	// Kustomize says where the kustomization is.
	Kustomize *Kustomize `json:"kustomize,omitempty"`
	// Helm holds what concerns the release.
	Helm *Helm `json:"helm,omitempty"`
	// YAML holds what concerns raw deployments.
	YAML *YAML `json:"yaml,omitempty"`
	// KeepResources leaves the objects in place when the bundle goes.
	KeepResources bool `json:"keepResources,omitempty"`
	// CorrectDrift undoes changes made by hand.
	CorrectDrift *CorrectDrift `json:"correctDrift,omitempty"`
}

// Copied names an object that is copied.
type Copied struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Kustomize says where the kustomization is.
type Kustomize struct {
	// Dir is a folder below the bundle's. Default: the bundle's folder.
	Dir string `json:"dir,omitempty"`
}

// Helm holds what concerns the release.
type Helm struct {
	Chart         string `json:"chart,omitempty"`
	Repo          string `json:"repo,omitempty"`
	Version       string `json:"version,omitempty"`
	ReleaseName   string `json:"releaseName,omitempty"`
	TakeOwnership bool   `json:"takeOwnership,omitempty"`
}

// YAML holds what concerns raw deployments.
type YAML struct {
	Overlays []string `json:"overlays,omitempty"`
}

// CorrectDrift undoes changes made by hand.
type CorrectDrift struct {
	Enabled         bool `json:"enabled,omitempty"`
	Force           bool `json:"force,omitempty"`
	KeepFailHistory bool `json:"keepFailHistory,omitempty"`
}

// Target gives options to the clusters it matches. All conditions must hold; a
// target without any matches nothing, an empty selector matches everything.
type Target struct {
	// Name is for display. Default target000, target001, ...
	Name    string `json:"name,omitempty"`
	Options `json:",inline"`

	ClusterName          string                `json:"clusterName,omitempty"`
	ClusterSelector      *metav1.LabelSelector `json:"clusterSelector,omitempty"`
	ClusterGroup         string                `json:"clusterGroup,omitempty"`
	ClusterGroupSelector *metav1.LabelSelector `json:"clusterGroupSelector,omitempty"`

	// DoNotDeploy keeps the bundle off the cluster.
	DoNotDeploy bool `json:"doNotDeploy,omitempty"`
}

const allMatches = "AllMatches"

// allMatch reports whether all targets that match a cluster count, not the first.
func (c Config) allMatch() bool { return c.TargetCustomizationMode == allMatches }

// nameTargets joins both lists of targets and names the nameless, as Fleet does.
func (c *Config) nameTargets() {
	c.TargetCustomizations = append(c.Targets, c.TargetCustomizations...)
	c.Targets = nil
	for i := range c.TargetCustomizations {
		if t := &c.TargetCustomizations[i]; t.Name == "" {
			t.Name = fmt.Sprintf("target%03d", i)
		}
	}
}

// with returns the options overridden by a target's: a string replaces if it is
// not empty, a bool can only be switched on, maps and what is copied merge, correctDrift
// replaces.
func (o Options) with(t Options) Options {
	replace(&o.DefaultNamespace, t.DefaultNamespace)
	replace(&o.Namespace, t.Namespace)
	replace(&o.ServiceAccount, t.ServiceAccount)
	if len(t.NamespaceLabels) > 0 {
		merged := maps.Clone(o.NamespaceLabels)
		if merged == nil {
			merged = map[string]string{}
		}
		maps.Copy(merged, t.NamespaceLabels)
		o.NamespaceLabels = merged
	}
	for _, c := range t.DownstreamResources {
		same := func(have Copied) bool { return strings.EqualFold(have.Kind, c.Kind) && have.Name == c.Name }
		if !slices.ContainsFunc(o.DownstreamResources, same) {
			o.DownstreamResources = append(slices.Clip(o.DownstreamResources), c)
		}
	}
	if t.Kustomize != nil {
		k := deref(o.Kustomize)
		replace(&k.Dir, t.Kustomize.Dir)
		o.Kustomize = &k
	}
	if t.Helm != nil {
		h := deref(o.Helm)
		replace(&h.Chart, t.Helm.Chart)
		replace(&h.Repo, t.Helm.Repo)
		replace(&h.Version, t.Helm.Version)
		replace(&h.ReleaseName, t.Helm.ReleaseName)
		h.TakeOwnership = h.TakeOwnership || t.Helm.TakeOwnership
		o.Helm = &h
	}
	if t.YAML != nil {
		y := deref(o.YAML)
		y.Overlays = append(y.Overlays[:len(y.Overlays):len(y.Overlays)], t.YAML.Overlays...)
		o.YAML = &y
	}
	o.KeepResources = o.KeepResources || t.KeepResources
	if t.CorrectDrift != nil {
		o.CorrectDrift = t.CorrectDrift
	}
	return o
}

// dir is where Fleet looks for kustomization.yaml.
func (o Options) dir() string {
	if o.Kustomize == nil || o.Kustomize.Dir == "" {
		return "."
	}
	return o.Kustomize.Dir
}

func replace(s *string, by string) {
	if by != "" {
		*s = by
	}
}

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
