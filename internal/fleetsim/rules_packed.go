package fleetsim

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
)

// references are the fields of a kustomization that name files and folders.
type references struct {
	Resources       []string  `json:"resources"`
	Components      []string  `json:"components"`
	Bases           []string  `json:"bases"`
	Configurations  []string  `json:"configurations"`
	Crds            []string  `json:"crds"`
	Generators      []string  `json:"generators"`
	Transformers    []string  `json:"transformers"`
	Validators      []string  `json:"validators"`
	Patches         []pathRef `json:"patches"`
	PatchesJSON6902 []pathRef `json:"patchesJson6902"`
	Replacements    []pathRef `json:"replacements"`
}

type pathRef struct {
	Path string `json:"path"`
}

func (r references) all() []string {
	var names []string
	for _, list := range [][]string{r.Resources, r.Components, r.Bases, r.Configurations, r.Crds,
		r.Generators, r.Transformers, r.Validators} {
		for _, name := range list {
			// An entry can hold YAML itself, and a remote one is not ours.
			if !strings.Contains(name, "\n") && !strings.Contains(name, "://") {
				names = append(names, name)
			}
		}
	}
	for _, list := range [][]pathRef{r.Patches, r.PatchesJSON6902, r.Replacements} {
		for _, ref := range list {
			if ref.Path != "" {
				names = append(names, ref.Path)
			}
		}
	}
	return names
}

// checkPacked follows the references of every overlay in use, and names those
// that do not reach the cluster. kustomize would only say that they are missing.
func checkPacked(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	seen := map[string]bool{}
	var follow func(dir string)
	follow = func(dir string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		file := path.Join(dir, kustomizationYAML)
		content, err := fs.ReadFile(b.fsys, file)
		if err != nil {
			return
		}
		var refs references
		if err := yaml.Unmarshal(content, &refs); err != nil {
			return // the build says it better
		}
		for _, ref := range refs.all() {
			target := path.Join(dir, ref)
			if why := b.whyDropped(target); why != "" {
				list = append(list, problem.Problem{Severity: problem.Error, File: b.fileIn(file),
					Message: fmt.Sprintf("%s does not reach the cluster: %s", ref, why),
					Fix:     "rename it, or change the pattern; Fleet packs what is below fleet.yaml"})
				continue
			}
			follow(target)
		}
	}
	for _, s := range b.situations() {
		follow(path.Clean(s.options.dir()))
	}
	return list
}
