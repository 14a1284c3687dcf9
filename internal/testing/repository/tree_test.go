package repository

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// tree is the committed output, each overlay built once.
type tree struct {
	t        *testing.T
	overlays map[string]map[string]any
}

func newTree(t *testing.T) *tree { return &tree{t, map[string]map[string]any{}} }

// find returns an overlay's object by kind/name, nil if there is none, or a
// generated file by its path.
func (c *tree) find(overlay, object string) any {
	c.t.Helper()
	if overlay == "" {
		return nil
	}
	if strings.HasSuffix(object, ".yaml") {
		return readYAML(c.t, object)
	}
	if strings.HasSuffix(object, ".md") {
		return readPage(c.t, object)
	}
	if c.overlays[overlay] == nil {
		c.overlays[overlay] = buildOverlay(c.t, overlay)
	}
	return c.overlays[overlay][object]
}

// buildOverlay builds the committed overlay by kustomize: objects by kind/name.
func buildOverlay(t *testing.T, name string) map[string]any {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "overlays/"+name)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]any{}
	for _, r := range built.Resources() {
		o, err := r.Map()
		if err != nil {
			t.Fatal(err)
		}
		objects[r.GetKind()+"/"+r.GetName()] = o
	}
	return objects
}

func readYAML(t *testing.T, name string) any {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
