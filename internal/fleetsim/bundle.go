package fleetsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	fleetYAML         = "fleet.yaml"
	fleetYML          = "fleet.yml" // Fleet's fallback when there is no fleet.yaml
	kustomizationYAML = "kustomization.yaml"
)

// Bundle is one folder as Fleet would store and deploy it.
type Bundle struct {
	// Dir is the bundle's folder in the repository; "." is the root.
	Dir string
	// Config is its fleet.yaml, decoded as leniently as Fleet does. It is the
	// zero value if there is none.
	Config Config
	// Files are the packed files by their path below Dir.
	Files map[string][]byte

	source  []byte              // fleet.yaml as written, nil if there is none
	fsys    fs.FS               // the folder, with what was not packed
	dropped map[string]string   // file or folder → the reason it was not packed
	ignores map[string][]string // .fleetignore → its patterns
}

// errNoFiles says that a folder has nothing to pack. Fleet logs it and goes on.
var errNoFiles = errors.New("no resources found to deploy")

// Open returns the bundles Fleet makes of a repository's folder, the outermost
// first. Every folder with a fleet.yaml is a bundle of its own, whatever
// .fleetignore says and whether it is hidden or not; the root is one even
// without, if a YAML file in it belongs to no other bundle.
func Open(fsys fs.FS) ([]Bundle, error) {
	var bundles []Bundle
	err := fs.WalkDir(fsys, ".", func(dir string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case d.Name() == ".git":
			return fs.SkipDir
		}
		isBundle := hasFleetYAML(fsys, dir)
		if dir == "." && !isBundle {
			if isBundle, err = hasStrayYAML(fsys, dir); err != nil {
				return err
			}
		}
		if !isBundle {
			return nil
		}
		b, err := open(fsys, dir)
		if errors.Is(err, errNoFiles) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("bundle %s: %w", dir, err)
		}
		bundles = append(bundles, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(bundles) == 0 {
		return nil, errors.New("no bundle: no fleet.yaml, and no YAML file to deploy without one")
	}
	return bundles, nil
}

// open reads one bundle's folder.
func open(fsys fs.FS, dir string) (Bundle, error) {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		return Bundle{}, err
	}
	b := Bundle{Dir: dir, fsys: sub}
	for _, name := range []string{fleetYAML, fleetYML} {
		b.source, err = fs.ReadFile(sub, name)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Bundle{}, err
	}
	if err := yaml.Unmarshal(b.source, &b.Config); err != nil {
		return Bundle{}, fmt.Errorf("reading fleet.yaml: %w", err)
	}
	b.Config.nameTargets()
	if err := b.pack(); err != nil {
		return Bundle{}, err
	}
	return b, nil
}

func hasFleetYAML(fsys fs.FS, dir string) bool {
	return exists(fsys, path.Join(dir, fleetYAML)) || exists(fsys, path.Join(dir, fleetYML))
}

// hasStrayYAML reports whether the folder holds a YAML file outside every nested
// bundle.
func hasStrayYAML(fsys fs.FS, dir string) (bool, error) {
	if hasFleetYAML(fsys, dir) {
		return false, nil
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !e.IsDir() {
			if slices.Contains([]string{".yaml", ".yml"}, path.Ext(e.Name())) {
				return true, nil
			}
			continue
		}
		if found, err := hasStrayYAML(fsys, path.Join(dir, e.Name())); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

// has reports whether a path is packed.
func (b Bundle) has(name string) bool {
	_, ok := b.Files[name]
	return ok
}

// names returns the packed paths in order.
func (b Bundle) names() []string {
	names := make([]string, 0, len(b.Files))
	for name := range b.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// whyDropped returns why a path was not packed; "" if it was, or never existed.
func (b Bundle) whyDropped(name string) string {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if why := b.dropped[at]; why != "" {
			return why
		}
	}
	if strings.HasPrefix(name, "../") {
		return "it is outside the bundle"
	}
	return ""
}

// Forms are the options that clusters can get of the bundle, each once: those at
// the top, for clusters that no target matches, and those of each target that
// deploys.
func (b Bundle) Forms() []Options {
	var all []Options
	seen := map[string]bool{}
	for _, s := range b.situations() {
		key, err := json.Marshal(s.options)
		if err != nil || !seen[string(key)] {
			all, seen[string(key)] = append(all, s.options), true
		}
	}
	return all
}

// Mode is how the agent makes objects of the files under these options; ModeNone
// where a chart makes them, which is not simulated.
func (b Bundle) Mode(o Options) (mode Mode, dir string) {
	switch dir = o.dir(); {
	case b.has("Chart.yaml"), o.Helm != nil && o.Helm.Chart+o.Helm.Repo != "":
		return ModeNone, dir
	case b.kustomizes(dir):
		return ModeKustomize, dir
	}
	return ModeRaw, dir
}

// Raw are the objects of the files as they stand, which Fleet applies where it
// finds no kustomization, before any yaml.overlays.
func (b Bundle) Raw() ([]map[string]any, error) { return b.raw(Options{}) }
