package upgrade

import (
	"fmt"
	"path"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

const fleetFile = "fleet.yaml"

// release is what Helm, and so Fleet, knows an overlay by on its clusters.
type release struct {
	bundle, name, namespace string
	takesOver               bool // what another release made
}

// bundles are the files that are a fleet.yaml: the one at the top, or one in each
// folder below fleet.
func (t tree) bundles() []string {
	var files []string
	for file := range t {
		if dir, base := path.Split(file); base == fleetFile && (dir == "" || path.Dir(path.Clean(dir)) == fleet.Folder) {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

func (r release) String() string { return r.name + " in namespace " + r.namespace }

// releases reads each fleet.yaml: the release of each overlay, by its folder. A file
// that is missing or no YAML has none.
func (t tree) releases() map[string]release {
	type target struct {
		DefaultNamespace string `json:"defaultNamespace"`
		DoNotDeploy      bool   `json:"doNotDeploy"`
		Kustomize        struct {
			Dir string `json:"dir"`
		} `json:"kustomize"`
	}
	found := map[string]release{}
	for _, file := range t.bundles() {
		var bundle struct {
			target
			Name string `json:"name"`
			Helm struct {
				ReleaseName   string `json:"releaseName"`
				TakeOwnership bool   `json:"takeOwnership"`
			} `json:"helm"`
			Targets []target `json:"targetCustomizations"`
		}
		if err := yaml.Unmarshal(t[file], &bundle); err != nil {
			continue
		}
		for _, one := range append([]target{bundle.target}, bundle.Targets...) {
			if one.DoNotDeploy && file != fleetFile {
				continue
			}
			if one.DefaultNamespace == "" {
				one.DefaultNamespace = bundle.DefaultNamespace
			}
			found[path.Clean(one.Kustomize.Dir)] = release{bundle.Name, bundle.Helm.ReleaseName, one.DefaultNamespace, bundle.Helm.TakeOwnership}
		}
	}
	return found
}

// moved judges an overlay whose release changes. Helm refuses objects that carry
// the name of another release ("invalid ownership metadata"). Most are deleted
// with the old release; what is kept stays in the way.
func (f *findings) moved(folder string, before, after release, old, new map[id]map[string]any) {
	if before.name == after.name && before.namespace == after.namespace {
		f.rebundled(folder, before, after, old, new)
		return
	}
	if after.takesOver {
		return
	}
	for id, object := range old {
		if new[id] == nil {
			continue
		}
		if !kept(object) {
			if id.kind == "PersistentVolumeClaim" {
				f.record(folder, abandon, problem.Problem{
					Path: id.String(),
					Message: fmt.Sprintf("the Helm release %s would become %s, and the old one is deleted with what it does not keep: this volume and its data",
						before, after),
					Fix: "set storage.retain: true, render and deploy that first; or, if the data may go, render with --abandon-volumes",
				})
			}
			continue
		}
		f.record(folder, recreate, problem.Problem{
			Path: id.String(),
			Message: fmt.Sprintf("the Helm release %s would become %s, which may not touch what the other one made and keeps: Fleet could not deploy it",
				before, after),
			Fix: "keep metadata.name and createNamespace as they were; or set spec.fleet.takeOwnership: true",
		})
	}
}

// rebundled judges an overlay that another bundle brings: Fleet deletes the old one,
// and with it what its release does not keep, though the new one has the same release.
func (f *findings) rebundled(folder string, before, after release, old, new map[id]map[string]any) {
	if before.bundle == after.bundle {
		return
	}
	for id, object := range old {
		if new[id] != nil && !kept(object) && id.kind == "PersistentVolumeClaim" {
			f.record(folder, abandon, problem.Problem{
				Path: id.String(),
				Message: fmt.Sprintf("Fleet's bundle %s would become %s, and the old one is deleted with what it does not keep: this volume and its data",
					before.bundle, after.bundle),
				Fix: "set storage.retain: true, render and deploy that first; or, if the data may go, render with --abandon-volumes",
			})
		}
	}
}
