package fleetsim

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/remote"
)

// Mode is how the agent turns a bundle's files into objects.
type Mode string

const (
	// ModeKustomize builds the kustomization in the target's folder.
	ModeKustomize Mode = "kustomize"
	// ModeRaw applies every YAML and JSON file, because there is no
	// kustomization.yaml where the target says. Fleet does not report it.
	ModeRaw Mode = "raw"
	// ModeNone deploys nothing.
	ModeNone Mode = "none"
)

// manifestsYAML is the file that Fleet adds to the folder of the kustomization.
// It holds what Helm rendered: nothing, without a chart.
const manifestsYAML = "fleet-manifests.yaml"

// Deployment is what one cluster gets of one bundle.
type Deployment struct {
	// Targets are the names of the targetCustomizations that apply: one at most,
	// unless targetCustomizationMode is AllMatches. None: the top-level options.
	Targets []string
	// Mode is how the objects came about.
	Mode Mode
	// Dir is the folder of the kustomization; "." unless kustomize.dir is set.
	Dir string
	// Namespace of the Helm release. Fleet creates it, and sets the labels
	// Options.NamespaceLabels there and nowhere else.
	Namespace string
	// Options are the top-level ones overridden by the target's.
	Options Options
	// Objects in the order of the build, in the namespaces they end up in.
	Objects []map[string]any
}

// Deploy returns what the agent of a cluster applies. On an error, which is
// where Fleet would stop, the Deployment is filled as far as it got.
func (b Bundle) Deploy(to Cluster) (Deployment, error) {
	options, targets, deploy, err := b.Config.pick(to)
	d := Deployment{Targets: targets, Mode: ModeNone, Dir: options.dir(), Options: options}
	if err != nil || !deploy {
		return d, err
	}
	d.Namespace = "default"
	replace(&d.Namespace, options.DefaultNamespace)
	replace(&d.Namespace, options.Namespace)
	if b.has("Chart.yaml") || (options.Helm != nil && options.Helm.Chart+options.Helm.Repo != "") {
		return d, errors.New("the bundle is a Helm chart, which is not simulated")
	}
	d.Mode = ModeRaw
	if b.kustomizes(options.dir()) {
		d.Mode = ModeKustomize
	}
	if d.Objects, err = b.build(d.Mode, options); err != nil {
		return d, err
	}
	return d, setNamespaces(d.Objects, options.Namespace, d.Namespace)
}

// kustomizes reports whether a packed file has the one name and place that make
// Fleet call kustomize: kustomization.yml and Kustomization do not.
func (b Bundle) kustomizes(dir string) bool {
	return b.has(strings.TrimPrefix(path.Join(dir, kustomizationYAML), "/"))
}

func (b Bundle) build(mode Mode, options Options) ([]map[string]any, error) {
	// Fleet fills kustomize's file system for a raw bundle as well, as soon as
	// there is any kustomization in it. An odd file name fails both.
	var fsys filesys.FileSystem
	if b.hasKustomization() {
		var err error
		if fsys, err = b.memory(options.dir()); err != nil {
			return nil, err
		}
	}
	if mode == ModeRaw {
		return b.raw(options)
	}
	return kustomize(fsys, options.dir())
}

// builder returns a function that builds folder after folder as the agents of the
// clusters do, each of which has all files: they are read once.
func (b Bundle) builder() func(dir string) ([]map[string]any, error) {
	fsys, err := b.files()
	return func(dir string) ([]map[string]any, error) {
		if err != nil {
			return nil, err
		}
		if err := fsys.WriteFile(path.Join(dir, manifestsYAML), nil); err != nil {
			return nil, err
		}
		return kustomize(fsys, dir)
	}
}

// Builder returns a function that gives the objects of one folder of the bundle
// after another, as Deploy does for a cluster that gets that folder.
func (b Bundle) Builder() func(dir string) ([]map[string]any, error) {
	build := b.builder()
	return func(dir string) ([]map[string]any, error) {
		if !b.kustomizes(dir) {
			return nil, fmt.Errorf("the bundle has no %s, and Fleet deploys every file raw instead", path.Join(dir, kustomizationYAML))
		}
		objects, err := build(dir)
		if err != nil {
			return nil, err
		}
		return objects, setNamespaces(objects, "", "default")
	}
}

// hasKustomization reports whether Fleet calls kustomize for this bundle at all.
func (b Bundle) hasKustomization() bool {
	for name := range b.Files {
		if isKustomization(name) {
			return true
		}
	}
	return false
}

// isKustomization compares the end of the path only, as Fleet does.
func isKustomization(name string) bool {
	return strings.HasSuffix(name, kustomizationYAML) ||
		strings.HasSuffix(name, "kustomization.yml") ||
		strings.HasSuffix(name, "Kustomization")
}

// memory is the file system that kustomize sees on the cluster: the bundle's
// files and nothing else. It refuses names outside [a-zA-Z0-9-_.:].
func (b Bundle) memory(dir string) (filesys.FileSystem, error) {
	fsys, err := b.files()
	if err != nil {
		return nil, err
	}
	return fsys, fsys.WriteFile(path.Join(dir, manifestsYAML), nil)
}

func (b Bundle) files() (filesys.FileSystem, error) {
	fsys := filesys.MakeEmptyDirInMemory()
	for _, name := range b.names() {
		if err := fsys.WriteFile(name, b.Files[name]); err != nil {
			return nil, fmt.Errorf("file %q: %w", name, err)
		}
	}
	return fsys, nil
}

// kustomize builds a folder with the three settings of Fleet's agent: in
// memory, no plugins (so no KRM functions), nothing from outside the folder's
// own tree but by `resources`.
func kustomize(fsys filesys.FileSystem, dir string) ([]map[string]any, error) {
	local := remote.New(fsys)
	result, err := krusty.MakeKustomizer(&krusty.Options{
		LoadRestrictions: types.LoadRestrictionsRootOnly,
		PluginConfig:     types.DisabledPluginConfig(),
	}).Run(local, dir)
	if err != nil {
		return nil, local.Reason(err)
	}
	objects := make([]map[string]any, 0, result.Size())
	for _, r := range result.Resources() {
		object, err := r.Map()
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}
