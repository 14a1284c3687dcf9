package fleet

import (
	"fmt"
	"path"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/build/file"
)

// Names at the top of the output folder that hearth writes itself. Hidden
// files are never packed into a bundle, and fleet.yaml is the bundle.
const (
	fleetFile   = "fleet.yaml"
	fleetIgnore = ".fleetignore"
	gitRepoFile = "gitrepo.example.yaml"
)

// SchemaURL is Fleet's own schema of fleet.yaml, at the commit that third_party/fleet
// has a copy of: never other than what the tests saw. Without the line an editor
// takes SchemaStore's by the file's name, which may be of a Fleet without name.
const SchemaURL = "https://raw.githubusercontent.com/rancher/fleet/ef8abff2a9482f686a6fbf9a4cf5f7f2259f666c/schemas/fleet.yaml.json"

// bundle is a fleet.yaml, as far as hearth writes it: Fleet's own types are not
// to be had as a module, and what a Stack has in Fleet's form is written as it is. Fleet ignores unknown keys without a word, so
// a test validates the result against Fleet's JSON Schema.
type bundle struct {
	Name             string                     `yaml:"name"`
	DefaultNamespace string                     `yaml:"defaultNamespace"`
	Helm             helm                       `yaml:"helm"`
	Kustomize        kustomize                  `yaml:"kustomize"`
	KeepResources    bool                       `yaml:"keepResources,omitempty"`
	CorrectDrift     *v1alpha1.CorrectDrift     `yaml:"correctDrift,omitempty"`
	DependsOn        []v1alpha1.FleetDependency `yaml:"dependsOn,omitempty"`
	Targets          []target                   `yaml:"targetCustomizations"`
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

type target struct {
	Name                 string `yaml:"name,omitempty"`
	v1alpha1.FleetTarget `yaml:",inline"`
	DoNotDeploy          bool              `yaml:"doNotDeploy,omitempty"`
	DefaultNamespace     string            `yaml:"defaultNamespace,omitempty"`
	NamespaceLabels      map[string]string `yaml:"namespaceLabels,omitempty"`
	Kustomize            *kustomize        `yaml:"kustomize,omitempty"`
}

// Check weighs the bundle that Files wrote into the tree: one that the store of
// the management cluster refuses is an error, and a warning before that.
func Check(r *v1alpha1.Resolved, tree map[string][]byte) (problem.List, error) {
	used, packed := usedFolders(r), map[string][]byte{}
	for name, data := range tree {
		if used[path.Dir(name)] {
			packed[name] = data
		}
	}
	p, found, err := Look(tree[fleetFile], packed)
	if err != nil || !found {
		return nil, err
	}
	p.Path = "spec.fleet"
	return problem.List{p}, nil
}

// Files are fleet.yaml, its ignore file and the example GitRepo, for a
// bundle of the tree: the files of every base and overlay.
func Files(r *v1alpha1.Resolved, tree map[string][]byte) (map[string][]byte, error) {
	files := map[string][]byte{
		fleetIgnore: ignoreFile(r, tree),
	}
	var err error
	if files[fleetFile], err = file.YAML(r.Name, bundleOf(r), "# yaml-language-server: $schema="+SchemaURL+"\n"); err != nil {
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
		CorrectDrift:  f.CorrectDrift,
		DependsOn:     f.DependsOn,
	}
	used := map[string]int{}
	for _, t := range f.Targets {
		target := targetOf(r, t.Overlay)
		if used[t.Overlay]++; used[t.Overlay] > 1 {
			target.Name = fmt.Sprintf("%s-%d", t.Overlay, used[t.Overlay])
		}
		target.FleetTarget = clusters(t)
		b.Targets = append(b.Targets, target)
	}
	// The top level holds for clusters that no target matches, and it must name
	// an overlay: without a folder to build, Fleet deploys every YAML file raw.
	top := f.DefaultOverlay
	if top == "" {
		top = f.Targets[0].Overlay
		b.Targets = append(b.Targets, target{Name: "every-other-cluster", FleetTarget: everyCluster(), DoNotDeploy: true})
	} else {
		last := targetOf(r, top)
		last.FleetTarget = everyCluster()
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

// clusters are a target without its overlay, which Fleet does not know.
func clusters(t v1alpha1.FleetTarget) v1alpha1.FleetTarget {
	t.Overlay = ""
	return t
}

func everyCluster() v1alpha1.FleetTarget {
	return v1alpha1.FleetTarget{ClusterSelector: &v1alpha1.LabelSelector{}}
}
