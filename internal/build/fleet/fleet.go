package generator

import (
	"fmt"
	"path"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Names at the top of the output folder that hearth writes itself. Hidden
// files are never packed into a bundle, and fleet.yaml is the bundle.
const (
	fleetFile   = "fleet.yaml"
	fleetIgnore = ".fleetignore"
	krmIgnore   = ".krmignore"
	gitRepoFile = "gitrepo.example.yaml"
)

// fleetBundle is a fleet.yaml, as far as hearth writes it: Fleet's own types
// are not to be had as a module. Fleet ignores unknown keys without a word, so
// a test validates the result against Fleet's JSON Schema.
type fleetBundle struct {
	Name             string            `yaml:"name"`
	DefaultNamespace string            `yaml:"defaultNamespace"`
	Helm             fleetHelm         `yaml:"helm"`
	Kustomize        fleetKustomize    `yaml:"kustomize"`
	KeepResources    bool              `yaml:"keepResources,omitempty"`
	CorrectDrift     *fleetDrift       `yaml:"correctDrift,omitempty"`
	DependsOn        []fleetDependency `yaml:"dependsOn,omitempty"`
	Targets          []fleetTarget     `yaml:"targetCustomizations"`
}

type fleetHelm struct {
	// ReleaseName is fixed: without it, renaming the GitRepo makes a second
	// release and deletes the first one's objects.
	ReleaseName   string `yaml:"releaseName"`
	TakeOwnership bool   `yaml:"takeOwnership,omitempty"`
	// DisableDependencyUpdate is true: else Fleet fetches the dependencies of
	// every chart in the folder, before it looks at .fleetignore, and a chart
	// that is none of ours and cannot be updated fails the bundle.
	DisableDependencyUpdate bool `yaml:"disableDependencyUpdate"`
}

type fleetKustomize struct {
	Dir string `yaml:"dir"`
}

type fleetDrift struct {
	Enabled         bool `yaml:"enabled"`
	Force           bool `yaml:"force,omitempty"`
	KeepFailHistory bool `yaml:"keepFailHistory,omitempty"`
}

type fleetDependency struct {
	Name     string         `yaml:"name,omitempty"`
	Selector *fleetSelector `yaml:"selector,omitempty"`
}

type fleetTarget struct {
	Name             string            `yaml:"name,omitempty"`
	ClusterName      string            `yaml:"clusterName,omitempty"`
	ClusterGroup     string            `yaml:"clusterGroup,omitempty"`
	ClusterSelector  *fleetSelector    `yaml:"clusterSelector,omitempty"`
	DoNotDeploy      bool              `yaml:"doNotDeploy,omitempty"`
	DefaultNamespace string            `yaml:"defaultNamespace,omitempty"`
	NamespaceLabels  map[string]string `yaml:"namespaceLabels,omitempty"`
	Kustomize        *fleetKustomize   `yaml:"kustomize,omitempty"`
}

type fleetSelector struct {
	MatchLabels      map[string]string `yaml:"matchLabels,omitempty"`
	MatchExpressions []fleetExpression `yaml:"matchExpressions,omitempty"`
}

type fleetExpression struct {
	Key      string   `yaml:"key"`
	Operator string   `yaml:"operator"`
	Values   []string `yaml:"values,omitempty"`
}

// fleet writes fleet.yaml, the two ignore files and the example GitRepo.
func (g *generation) fleet() error {
	f := g.stack.Spec.Fleet
	bundle := fleetBundle{
		Name:          g.stack.Metadata.Name,
		Helm:          fleetHelm{ReleaseName: g.stack.Metadata.Name, TakeOwnership: f.TakeOwnership, DisableDependencyUpdate: true},
		KeepResources: f.KeepResources,
	}
	if d := f.CorrectDrift; d != nil {
		bundle.CorrectDrift = &fleetDrift{Enabled: d.Enabled, Force: d.Force, KeepFailHistory: d.KeepFailHistory}
	}
	for _, d := range f.DependsOn {
		bundle.DependsOn = append(bundle.DependsOn, fleetDependency{Name: d.Name, Selector: selector(d.Selector)})
	}
	used := map[string]int{}
	for _, t := range f.Targets {
		target := g.target(t.Overlay)
		if used[t.Overlay]++; used[t.Overlay] > 1 {
			target.Name = fmt.Sprintf("%s-%d", t.Overlay, used[t.Overlay])
		}
		target.ClusterName, target.ClusterGroup, target.ClusterSelector = t.ClusterName, t.ClusterGroup, selector(t.ClusterSelector)
		bundle.Targets = append(bundle.Targets, target)
	}
	// The top level holds for clusters that no target matches, and it must name
	// an overlay: without a folder to build, Fleet deploys every YAML file raw.
	top := f.DefaultOverlay
	if top == "" {
		top = f.Targets[0].Overlay
		bundle.Targets = append(bundle.Targets, fleetTarget{
			Name: "every-other-cluster", ClusterSelector: &fleetSelector{}, DoNotDeploy: true,
		})
	} else {
		last := g.target(top)
		last.ClusterSelector = &fleetSelector{}
		bundle.Targets = append(bundle.Targets, last)
	}
	bundle.DefaultNamespace = g.target(top).DefaultNamespace
	bundle.Kustomize.Dir = path.Join("overlays", top)

	var err error
	if g.files[fleetFile], err = encode(bundle); err != nil {
		return err
	}
	g.files[fleetIgnore] = g.ignoreFile()
	// kpt refuses a YAML file without apiVersion and kind.
	g.files[krmIgnore] = []byte(header + fleetFile + "\n" + gitRepoFile + "\n")
	g.files[gitRepoFile], err = g.gitRepo()
	return err
}

// target is the customization that deploys an overlay.
func (g *generation) target(name string) fleetTarget {
	o := g.stack.Overlay(name)
	t := fleetTarget{
		Name:             name,
		DefaultNamespace: o.Bases[0].Namespace,
		NamespaceLabels:  o.Bases[0].NamespaceLabels,
		Kustomize:        &fleetKustomize{Dir: path.Join("overlays", name)},
	}
	for i := range o.Bases {
		if merged(o, i).CreateNamespace {
			// Helm makes the release's namespace itself and fails on an object
			// for it: the release of such an overlay lives in one of its own.
			t.DefaultNamespace, t.NamespaceLabels = g.stack.Metadata.Name+"-release", nil
		}
	}
	return t
}

func selector(s *v1alpha1.LabelSelector) *fleetSelector {
	if s == nil {
		return nil
	}
	out := &fleetSelector{MatchLabels: s.MatchLabels}
	for _, e := range s.MatchExpressions {
		out.MatchExpressions = append(out.MatchExpressions, fleetExpression{Key: e.Key, Operator: string(e.Operator), Values: e.Values})
	}
	return out
}
