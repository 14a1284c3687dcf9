package fleet

import (
	"fmt"
	"path"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/file"
)

// Names at the top of the output folder that hearth writes itself. Hidden
// files are never packed into a bundle, and fleet.yaml is the bundle.
const (
	fleetFile   = "fleet.yaml"
	fleetIgnore = ".fleetignore"
	krmIgnore   = ".krmignore"
	gitRepoFile = "gitrepo.example.yaml"
)

// bundle is a fleet.yaml, as far as hearth writes it: Fleet's own types
// are not to be had as a module. Fleet ignores unknown keys without a word, so
// a test validates the result against Fleet's JSON Schema.
type bundle struct {
	Name             string       `yaml:"name"`
	DefaultNamespace string       `yaml:"defaultNamespace"`
	Helm             helm         `yaml:"helm"`
	Kustomize        kustomize    `yaml:"kustomize"`
	KeepResources    bool         `yaml:"keepResources,omitempty"`
	CorrectDrift     *drift       `yaml:"correctDrift,omitempty"`
	DependsOn        []dependency `yaml:"dependsOn,omitempty"`
	Targets          []target     `yaml:"targetCustomizations"`
}

type helm struct {
	// ReleaseName is fixed: without it, renaming the GitRepo makes a second
	// release and deletes the first one's objects.
	ReleaseName   string `yaml:"releaseName"`
	TakeOwnership bool   `yaml:"takeOwnership,omitempty"`
	// DisableDependencyUpdate is true: else Fleet fetches the dependencies of
	// every chart in the folder, before it looks at .fleetignore, and a chart
	// that is none of ours and cannot be updated fails the bundle.
	DisableDependencyUpdate bool `yaml:"disableDependencyUpdate"`
}

type kustomize struct {
	Dir string `yaml:"dir"`
}

type drift struct {
	Enabled         bool `yaml:"enabled"`
	Force           bool `yaml:"force,omitempty"`
	KeepFailHistory bool `yaml:"keepFailHistory,omitempty"`
}

type dependency struct {
	Name     string    `yaml:"name,omitempty"`
	Selector *selector `yaml:"selector,omitempty"`
}

type target struct {
	Name             string            `yaml:"name,omitempty"`
	ClusterName      string            `yaml:"clusterName,omitempty"`
	ClusterGroup     string            `yaml:"clusterGroup,omitempty"`
	ClusterSelector  *selector         `yaml:"clusterSelector,omitempty"`
	DoNotDeploy      bool              `yaml:"doNotDeploy,omitempty"`
	DefaultNamespace string            `yaml:"defaultNamespace,omitempty"`
	NamespaceLabels  map[string]string `yaml:"namespaceLabels,omitempty"`
	Kustomize        *kustomize        `yaml:"kustomize,omitempty"`
}

type selector struct {
	MatchLabels      map[string]string `yaml:"matchLabels,omitempty"`
	MatchExpressions []expression      `yaml:"matchExpressions,omitempty"`
}

type expression struct {
	Key      string   `yaml:"key"`
	Operator string   `yaml:"operator"`
	Values   []string `yaml:"values,omitempty"`
}

// Files are fleet.yaml, the two ignore files and the example GitRepo, for a
// bundle of the tree: the files of every base and overlay.
func Files(r *v1alpha1.Resolved, tree map[string][]byte) (map[string][]byte, error) {
	files := map[string][]byte{
		fleetIgnore: ignoreFile(tree),
		// kpt refuses a YAML file without apiVersion and kind.
		krmIgnore: []byte(file.FirstLine + fleetFile + "\n" + gitRepoFile + "\n"),
	}
	var err error
	if files[fleetFile], err = file.YAML(bundleOf(r), ""); err != nil {
		return nil, err
	}
	files[gitRepoFile], err = gitRepoOf(r)
	return files, err
}

func bundleOf(r *v1alpha1.Resolved) bundle {
	f := r.Fleet
	b := bundle{
		Name:          r.Name,
		Helm:          helm{ReleaseName: r.Name, TakeOwnership: f.TakeOwnership, DisableDependencyUpdate: true},
		KeepResources: f.KeepResources,
	}
	if d := f.CorrectDrift; d != nil {
		b.CorrectDrift = &drift{Enabled: *d.Enabled, Force: d.Force, KeepFailHistory: d.KeepFailHistory}
	}
	for _, d := range f.DependsOn {
		b.DependsOn = append(b.DependsOn, dependency{Name: d.Name, Selector: selectorOf(d.Selector)})
	}
	used := map[string]int{}
	for _, t := range f.Targets {
		target := targetOf(r, t.Overlay)
		if used[t.Overlay]++; used[t.Overlay] > 1 {
			target.Name = fmt.Sprintf("%s-%d", t.Overlay, used[t.Overlay])
		}
		target.ClusterName, target.ClusterGroup, target.ClusterSelector = t.ClusterName, t.ClusterGroup, selectorOf(t.ClusterSelector)
		b.Targets = append(b.Targets, target)
	}
	// The top level holds for clusters that no target matches, and it must name
	// an overlay: without a folder to build, Fleet deploys every YAML file raw.
	top := f.DefaultOverlay
	if top == "" {
		top = f.Targets[0].Overlay
		b.Targets = append(b.Targets, target{
			Name: "every-other-cluster", ClusterSelector: &selector{}, DoNotDeploy: true,
		})
	} else {
		last := targetOf(r, top)
		last.ClusterSelector = &selector{}
		b.Targets = append(b.Targets, last)
	}
	b.DefaultNamespace = targetOf(r, top).DefaultNamespace
	b.Kustomize.Dir = path.Join("overlays", top)
	return b
}

// targetOf is the customization that deploys an overlay.
func targetOf(r *v1alpha1.Resolved, name string) target {
	o := r.Overlay(name)
	t := target{
		Name:             name,
		DefaultNamespace: o.Bases[0].Namespace,
		NamespaceLabels:  o.Bases[0].NamespaceLabels,
		Kustomize:        &kustomize{Dir: path.Join("overlays", name)},
	}
	for i := range o.Bases {
		if build.InOverlay(o, i).CreateNamespace {
			// Helm makes the release's namespace itself and fails on an object
			// for it: the release of such an overlay lives in one of its own.
			t.DefaultNamespace, t.NamespaceLabels = r.Name+"-release", nil
		}
	}
	return t
}

func selectorOf(s *v1alpha1.LabelSelector) *selector {
	if s == nil {
		return nil
	}
	out := &selector{MatchLabels: s.MatchLabels}
	for _, e := range s.MatchExpressions {
		out.MatchExpressions = append(out.MatchExpressions, expression{Key: e.Key, Operator: string(e.Operator), Values: e.Values})
	}
	return out
}
