package fns_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/internal/testing/unordered"
)

// homelab is the spec of the committed stack.
func homelab(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "hearth.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := yaml.MustParse(string(data)).Field("spec").Value.String()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// stackConfig is the committed stack as a config that asks for an overlay.
func stackConfig(t testing.TB, overlay string) *yaml.RNode {
	t.Helper()
	n := yaml.MustParse("apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: homelab}\n")
	if err := n.PipeE(yaml.SetField("spec", yaml.MustParse(homelab(t)))); err != nil {
		t.Fatal(err)
	}
	if err := n.PipeE(yaml.Lookup("spec"), yaml.SetField("overlay", yaml.NewStringRNode(overlay))); err != nil {
		t.Fatal(err)
	}
	return n
}

// plain are objects by kind, namespace and name, without what only tools read,
// and sorted where order means nothing.
func plain(t testing.TB, items []*yaml.RNode) map[string]any {
	t.Helper()
	objects := map[string]any{}
	for _, item := range items {
		item = item.Copy()
		for _, key := range []string{kioutil.PathAnnotation, kioutil.LegacyPathAnnotation, kioutil.IndexAnnotation, kioutil.LegacyIndexAnnotation} {
			if err := item.PipeE(yaml.ClearAnnotation(key)); err != nil {
				t.Fatal(err)
			}
		}
		if err := yaml.ClearEmptyAnnotations(item); err != nil {
			t.Fatal(err)
		}
		data, err := item.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var o map[string]any
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatal(err)
		}
		objects[item.GetKind()+" "+item.GetNamespace()+"/"+item.GetName()] = unordered.Sorted(o)
	}
	return objects
}

// The function gives what kustomize builds of the committed overlay.
func TestStackIsTheOverlay(t *testing.T) {
	overlays, err := filepath.Glob(filepath.Join("..", "overlays", "*"))
	if err != nil || len(overlays) == 0 {
		t.Fatal("no overlays", err)
	}
	for _, folder := range overlays {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
			if err != nil {
				t.Fatal(err)
			}
			var want []*yaml.RNode
			for _, r := range built.Resources() {
				want = append(want, &r.RNode)
			}
			got := parse(t, mustRun(t, list{config: stackConfig(t, name)}.String())).items
			if diff := cmp.Diff(plain(t, want), plain(t, got)); diff != "" {
				t.Errorf("the function's objects (-overlay +function):\n%s", diff)
			}
			for _, item := range got {
				wantPath := filepath.Join("homelab", item.GetNamespace(), item.GetName()) + "-"
				file, index, err := kioutil.GetFileAnnotations(item)
				if err != nil || index != "0" || len(file) < len(wantPath) || file[:len(wantPath)] != wantPath {
					t.Errorf("%s %s has the file %q and the index %q, want %s*.yaml and 0", item.GetKind(), item.GetName(), file, index, wantPath)
				}
			}
		})
	}
}

func TestChoiceOfOverlay(t *testing.T) {
	const two = `{bases: [{name: a, namespace: a, ollama: {models: ["smollm2:135m"]}}], overlays: [{name: one, bases: [{name: a}]}, {name: two, bases: [{name: a}]}]}`
	const none = `{bases: [{name: a, namespace: a, ollama: {models: ["smollm2:135m"]}}]}`
	const single = `{bases: [{name: a, namespace: a, ollama: {models: ["smollm2:135m"]}}], overlays: [{name: one, bases: [{name: a}]}]}`
	const items = `{bases: [{name: a, namespace: a, ollama: {models: ["smollm2:135m"]}}], overlays: [{name: all, bases: [{name: a}], forEach: {items: [{name: one}, {name: two}]}}]}`
	const file = `{bases: [{name: a, namespace: a, ollama: {models: ["smollm2:135m"]}}], overlays: [{name: all, bases: [{name: a}], forEach: {file: l.csv}}]}`
	stack := func(name, spec string) string {
		return "{apiVersion: hearth.dev/v1alpha1, kind: Stack, metadata: {name: " + name + "}, spec: " + spec + "}"
	}
	withOverlay := func(spec, overlay string) string { return "{overlay: " + overlay + ", " + spec[1:] }
	choice := func(data string) string {
		return "{apiVersion: v1, kind: ConfigMap, metadata: {name: function-input}, data: " + data + "}"
	}
	for _, test := range []struct{ name, items, config, want string }{
		{"the only one", "", stack("s", single), ""},
		{"by name", "", stack("s", withOverlay(two, "two")), ""},
		{"by ConfigMap", stack("s", two), choice("{overlay: two}"), ""},
		{"of two Stacks", stack("s", two) + ", " + stack("t", two), choice("{overlay: two, stack: t}"), ""},
		{"missing", "", stack("s", two),
			"hearth-fn: error: Stack s: spec.overlay: missing: want the overlay to emit, one of one, two\n"},
		{"misspelt", "", stack("s", withOverlay(two, "tow")),
			"hearth-fn: error: Stack s: spec.overlay: no overlay \"tow\": the overlays are one, two; did you mean \"two\"?\n"},
		{"a Stack without", "", stack("s", none),
			"hearth-fn: error: Stack s: spec.overlays: missing: a function emits an overlay, and the stack has none; write overlays: [{name: NAME, bases: [{name: a}]}]\n"},
		{"misspelt in a ConfigMap", stack("s", two), choice("{overlay: tow}"),
			"hearth-fn: error: ConfigMap function-input: data.overlay: no overlay \"tow\": the overlays are one, two; did you mean \"two\"?\n"},
		{"a ConfigMap with more", stack("s", two), choice("{overlay: two, overlya: x}"),
			"hearth-fn: error: ConfigMap function-input: data.overlya: unknown field \"overlya\"; \"overlay\" is there too: keep one of them\n"},
		{"no Stack", "", choice("{overlay: two}"),
			"hearth-fn: error: ConfigMap function-input: data.stack: no Stack of hearth.dev/v1alpha1 is in the list; put the stack's file into the package, or use the Stack itself as the config\n"},
		{"an item of a template", "", stack("s", withOverlay(items, "two")), ""},
		{"a list in a file", "", stack("s", withOverlay(file, "two")),
			"hearth-fn: error: Stack s: spec.overlays[0].forEach.file: got \"l.csv\", and no file is read here; write its items into forEach.items, or render with the command hearth\n"},
		{"several Stacks", stack("s", two) + ", " + stack("t", two), choice("{overlay: two}"),
			"hearth-fn: error: ConfigMap function-input: data.stack: the list has several Stacks: s, t; name one with data.stack\n"},
		{"another Stack", stack("s", two), choice("{overlay: two, stack: t}"),
			"hearth-fn: error: ConfigMap function-input: data.stack: no Stack \"t\" in the list, which has s\n"},
		{"a broken Stack", stack("s", "{}"), choice("{overlay: two}"),
			"hearth-fn: error: Stack s: spec.bases: missing: there is nothing to deploy; declare at least one base\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, said, err := run(t, "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: ["+test.items+"], functionConfig: "+test.config+"}")
			equal(t, "stderr", test.want, said)
			if (err != nil) != (test.want != "") {
				t.Errorf("the error is %v", err)
			}
			if made := parse(t, out).item("Deployment", "ollama"); (made != nil) != (err == nil) {
				t.Errorf("error %v, and a Deployment is there: %v", err, made != nil)
			}
		})
	}
}
