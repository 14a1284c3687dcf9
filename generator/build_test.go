package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/unordered"
)

// objects are what a build gives, by id.
type objects map[string]generator.Object

// kustomize runs kustomize on a folder, as `kustomize build` does but in memory.
func kustomize(files []generator.File, folder string) (objects, error) {
	fs := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := fs.WriteFile(f.Path, f.Data); err != nil {
			return nil, err
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, folder)
	if err != nil {
		return nil, err
	}
	out := objects{}
	for _, r := range built.Resources() {
		data, err := r.MarshalJSON()
		if err != nil {
			return nil, err
		}
		o, err := decoded(data)
		if err != nil {
			return nil, err
		}
		if _, twice := out[id(o)]; twice {
			return nil, fmt.Errorf("%s is in the build twice", id(o))
		}
		out[id(o)] = o
	}
	return out, nil
}

// decoded is an object with its numbers exact, however large.
func decoded(data []byte) (generator.Object, error) {
	var o generator.Object
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err := d.Decode(&o)
	return o, err
}

// id is what an API server tells objects apart by.
func id(o generator.Object) string {
	metadata, _ := o["metadata"].(map[string]any)
	return fmt.Sprintf("%v %v %v/%v", o["apiVersion"], o["kind"], metadata["namespace"], metadata["name"])
}

// meaningful are the fields whose empty value says something: every pod, a
// volume in memory.
var meaningful = []string{"podSelector", "namespaceSelector", "labelSelector", "emptyDir"}

// leftovers are the paths of nulls, empty maps and empty lists that say nothing.
func leftovers(path string, v any) []string {
	var found []string
	switch v := v.(type) {
	case nil:
		return []string{path}
	case map[string]any:
		if len(v) == 0 && !slices.ContainsFunc(meaningful, func(name string) bool { return ends(path, name) }) {
			return []string{path}
		}
		for key, value := range v {
			found = append(found, leftovers(path+"."+key, value)...)
		}
	case []any:
		if len(v) == 0 {
			return []string{path}
		}
		for i, value := range v {
			found = append(found, leftovers(fmt.Sprintf("%s[%d]", path, i), value)...)
		}
	}
	return found
}

func ends(path, name string) bool {
	return len(path) > len(name) && path[len(path)-len(name)-1:] == "."+name
}

// same fails the test if two builds differ by more than the order of lists
// whose order means nothing.
func same(t *testing.T, what string, want, got objects) {
	t.Helper()
	for name := range want {
		if diff := cmp.Diff(unordered.Sorted(want[name]), unordered.Sorted(got[name])); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", what, name, diff)
		}
	}
	for name, o := range got {
		if want[name] == nil {
			t.Errorf("%s: %s is in the build, and should not be", what, name)
		}
		for _, path := range leftovers("", o) {
			t.Errorf("%s: %s: %s is empty", what, name, path)
		}
	}
}

// yamlOf is a value as a file of its own, by another way than the generator's.
func yamlOf(t *testing.T, path string, v any) generator.File {
	t.Helper()
	data, err := json.Marshal(v) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	var check yaml.Node
	if err := yaml.Unmarshal(data, &check); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return generator.File{Path: path, Data: data}
}
