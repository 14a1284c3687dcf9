package dryrun

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
)

// Render is what one overlay or example comes to.
type Render struct {
	// Name says where it is from, so that it can be rendered again.
	Name string
	// Objects as a tool would apply them.
	Objects []*unstructured.Unstructured
}

// Kustomized builds the kustomizations of the folders. Functions that they name must be on the PATH.
func Kustomized(folders ...string) ([]Render, error) {
	options := krusty.MakeDefaultOptions()
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	var renders []Render
	for _, folder := range folders {
		built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		r := Render{Name: folder}
		for _, resource := range built.Resources() {
			o, err := object(resource)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", folder, resource.CurId(), err)
			}
			r.Objects = append(r.Objects, o)
		}
		renders = append(renders, r)
	}
	return renders, nil
}

// Overlays renders every folder below a tree's overlays/.
func Overlays(tree string) ([]Render, error) {
	folders, err := filepath.Glob(filepath.Join(tree, "overlays", "*"))
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("%s has no overlays", tree)
	}
	if err != nil {
		return nil, err
	}
	return Kustomized(folders...)
}

// Random renders the overlays of n random stacks, the first of them drawn from the seed. refused counts the stacks, of the n,
// that hearth itself does not take. The overlays are merged rather than built: that both give the same objects is what the
// generator's own tests hold it to, and kustomize would take most of the time.
func Random(seed uint64, n int) (renders []Render, refused int, err error) {
	for s := seed; s < seed+uint64(n); s++ {
		stack, _ := generator.Load("hearth.yaml", randomstack.Draw(s))
		if stack == nil {
			refused++
			continue
		}
		for _, overlay := range stack.Overlays {
			merged, problems := generator.Objects(stack, overlay.Name)
			if err := problems.Err(); err != nil {
				return nil, 0, fmt.Errorf("random stack %d, overlay %s: %w", s, overlay.Name, err)
			}
			r := Render{Name: fmt.Sprintf("random stack %d, overlay %s", s, overlay.Name)}
			for _, m := range merged {
				o, err := object(m)
				if err != nil {
					return nil, 0, fmt.Errorf("%s: %w", r.Name, err)
				}
				r.Objects = append(r.Objects, o)
			}
			renders = append(renders, r)
		}
	}
	return renders, refused, nil
}

// object turns what can be written as JSON into what clients send, with the numbers as they have them.
func object(o any) (*unstructured.Unstructured, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	return u, u.UnmarshalJSON(data)
}
