package fleet

import (
	"fmt"
	"maps"
	"path"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/secret"
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
	// Override is who gets the bundle, in place of what the GitRepo says.
	Override []v1alpha1.FleetTarget `yaml:"overrideTargets,omitempty"`
	Targets  []target               `yaml:"targetCustomizations"`
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
	// Copied stand in each target: an overlay needs its own, and at the top they would
	// be added to those of every target.
	Copied    []copied   `yaml:"downstreamResources,omitempty"`
	Kustomize *kustomize `yaml:"kustomize,omitempty"`
}

// copied is an object of the bundle's namespace on the management cluster that Fleet
// copies into the namespace of the release.
type copied struct {
	Kind string `yaml:"kind"`
	Name string `yaml:"name"`
}

// Folder holds the bundles where there are several, each in a folder of its own.
const Folder = "fleet"

// part is one bundle of a stack.
type part struct {
	name    string // "" for the only one
	folders map[string]bool
	own     map[string]bool // overlays
}

// dir is the folder of the part's fleet.yaml.
func (p part) dir() string {
	if p.name == "" {
		return ""
	}
	return path.Join(Folder, p.name)
}

// parts are the bundles, in the order of their first overlays.
func parts(r *v1alpha1.Resolved) []part {
	var all []part
	at, deployed := map[string]int{}, r.Fleet.Deployed()
	for i := range r.Overlays {
		o := &r.Overlays[i]
		if !deployed[o.Name] {
			continue
		}
		name := BundleOf(r, o)
		i, known := at[name]
		if !known {
			i = len(all)
			at[name], all = i, append(all, part{name, map[string]bool{}, map[string]bool{}})
		}
		all[i].own[o.Name], all[i].folders[path.Join("overlays", o.Name)] = true, true
		for _, b := range o.Bases {
			all[i].folders[path.Join("bases", b.Name)] = true
		}
	}
	return all
}

// BundleOf is what the bundle of an overlay is named by, "" if it is the only one.
func BundleOf(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) string {
	var bases []string
	for _, b := range o.Bases {
		bases = append(bases, b.Name)
	}
	return r.Fleet.Bundle(o.Name, bases)
}

// FileOf is the fleet.yaml of the bundle of an overlay.
func FileOf(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) string {
	if name := BundleOf(r, o); name != "" {
		return path.Join(Folder, name, fleetFile)
	}
	return fleetFile
}

// targets are how many overrideTargets the part has: those of its own overlays, or one
// for every cluster.
func (p part) targets(f *v1alpha1.Fleet) int {
	if p.own[f.DefaultOverlay] {
		return 1
	}
	n := 0
	for _, t := range f.Targets {
		if p.own[t.Overlay] {
			n++
		}
	}
	return n
}

// packed are the files of the tree that the part has, by their path in it.
func (p part) packed(tree folders) map[string][]byte {
	files := map[string][]byte{}
	for folder := range p.folders {
		maps.Copy(files, tree[folder])
	}
	return files
}

// folders are files by their folder.
type folders map[string]map[string][]byte

func byFolder(tree map[string][]byte) folders {
	all := folders{}
	for name, data := range tree {
		dir := path.Dir(name)
		if all[dir] == nil {
			all[dir] = map[string][]byte{}
		}
		all[dir][name] = data
	}
	return all
}

// Check weighs the bundles that Files wrote into the tree: one that the store of
// the management cluster refuses is an error, and a warning before that, as is one of
// several that the controller would look at for long. One for all is refused earlier.
func Check(r *v1alpha1.Resolved, tree map[string][]byte) (problem.List, error) {
	var list problem.List
	folders := byFolder(tree)
	for _, part := range parts(r) {
		if p, found := matching(part.targets(r.Fleet), len(r.Fleet.Targets)); found && part.name != "" {
			p.Message = part.name + ": " + p.Message
			list = append(list, p)
		}
		p, found, err := Look(tree[path.Join(part.dir(), fleetFile)], part.packed(folders))
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		if p.Path = "spec.fleet"; part.name != "" {
			p.Path, p.Message = "spec.fleet.bundles", part.name+": "+p.Message
			p.Fix = "let fewer overlays share it, or take out of them what is large"
		}
		list = append(list, p)
	}
	return list, nil
}

// Files are the fleet.yaml of each bundle, what is not to be packed, and the example
// GitRepo, for a tree: the files of every base and overlay. Where there are several
// bundles each has copies, for a bundle is all that is below its folder and nothing
// else: .fleetignore is not needed in a folder that is hearth's alone.
func Files(r *v1alpha1.Resolved, tree map[string][]byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	index := newIndex(r)
	folders := byFolder(tree)
	for _, part := range parts(r) {
		if part.name == "" {
			files[fleetIgnore] = ignoreFile(r.Name, part.folders, tree)
		} else {
			for name, data := range part.packed(folders) {
				files[path.Join(part.dir(), name)] = data
			}
		}
		config, err := file.YAML(r.Name, bundleOf(r, part, index), "# yaml-language-server: $schema="+SchemaURL+"\n")
		if err != nil {
			return nil, err
		}
		files[path.Join(part.dir(), fleetFile)] = config
	}
	var err error
	files[gitRepoFile], err = gitRepoOf(r)
	return files, err
}

func bundleOf(r *v1alpha1.Resolved, p part, index index) bundle {
	f := r.Fleet
	b := bundle{
		Name:          r.Name,
		Helm:          helm{ReleaseName: r.Name, TakeOwnership: f.TakeOwnership, DisableDependencyUpdate: true},
		KeepResources: f.KeepResources,
		CorrectDrift:  f.CorrectDrift,
		DependsOn:     f.DependsOn,
	}
	if p.name != "" {
		b.Name += "-" + p.name
	}
	top, isDefault := f.DefaultOverlay, p.own[f.DefaultOverlay]
	used := map[string]int{}
	for _, i := range index.rows(p.own, isDefault || p.name == "") {
		t := f.Targets[i]
		target := target{Name: t.Overlay, DoNotDeploy: true}
		if p.own[t.Overlay] {
			target = index.target(t.Overlay)
			if b.Override = append(b.Override, clusters(t)); !isDefault && (top == "" || !p.own[top]) {
				top = t.Overlay
			}
		}
		if used[t.Overlay]++; used[t.Overlay] > 1 {
			target.Name = fmt.Sprintf("%s-%d", t.Overlay, used[t.Overlay])
		}
		target.FleetTarget = clusters(t)
		b.Targets = append(b.Targets, target)
	}
	// The top level holds for clusters that no target matches, and it must name
	// an overlay: without a folder to build, Fleet deploys every YAML file raw.
	switch {
	case isDefault:
		last := index.target(top)
		last.FleetTarget = everyCluster()
		b.Targets = append(b.Targets, last)
		b.Override = []v1alpha1.FleetTarget{everyCluster()}
	case p.name == "":
		b.Targets = append(b.Targets, target{Name: "every-other-cluster", FleetTarget: everyCluster(), DoNotDeploy: true})
	}
	if p.name == "" { // the GitRepo says it
		b.Override = nil
	}
	b.DefaultNamespace = index.target(top).DefaultNamespace
	b.Kustomize.Dir = path.Join("overlays", top)
	return b
}

// target is the customization that deploys an overlay.
func (x index) target(name string) target {
	o := x.overlays[name]
	t := target{
		Name:             name,
		DefaultNamespace: o.Bases[0].Namespace,
		NamespaceLabels:  o.Bases[0].NamespaceLabels,
		Kustomize:        &kustomize{Dir: path.Join("overlays", name)},
	}
	if o.BringsNamespaces() {
		// Helm makes the release's namespace itself and fails on an object for it: the
		// release of such an overlay lives in one of its own.
		t.DefaultNamespace, t.NamespaceLabels = x.stack+"-release", nil
	}
	if x.copies {
		for _, s := range secret.Of(o) {
			t.Copied = append(t.Copied, copied{"Secret", s.Name})
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
