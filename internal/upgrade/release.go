package upgrade

import (
	"fmt"
	"path"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
)

const fleetFile = "fleet.yaml"

// release is what Helm, and so Fleet, knows an overlay by on its clusters.
type release struct {
	name, namespace string
	takesOver       bool // what another release made
}

func (r release) String() string { return r.name + " in namespace " + r.namespace }

// releases reads fleet.yaml: the release of each overlay, by its folder. A file
// that is missing or no YAML has none.
func (t tree) releases() map[string]release {
	type target struct {
		DefaultNamespace string `json:"defaultNamespace"`
		Kustomize        struct {
			Dir string `json:"dir"`
		} `json:"kustomize"`
	}
	var bundle struct {
		target
		Helm struct {
			ReleaseName   string `json:"releaseName"`
			TakeOwnership bool   `json:"takeOwnership"`
		} `json:"helm"`
		Targets []target `json:"targetCustomizations"`
	}
	if err := yaml.Unmarshal(t[fleetFile], &bundle); err != nil {
		return nil
	}
	found := map[string]release{}
	for _, one := range append([]target{bundle.target}, bundle.Targets...) {
		if one.DefaultNamespace == "" {
			one.DefaultNamespace = bundle.DefaultNamespace
		}
		found[path.Clean(one.Kustomize.Dir)] = release{bundle.Helm.ReleaseName, one.DefaultNamespace, bundle.Helm.TakeOwnership}
	}
	return found
}

// moved judges an overlay whose release changes. Helm refuses objects that carry
// the name of another release ("invalid ownership metadata"). Most are deleted
// with the old release; what is kept stays in the way.
func (f *findings) moved(folder string, before, after release, old, new map[id]map[string]any) {
	if before.name == after.name && before.namespace == after.namespace || after.takesOver {
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
