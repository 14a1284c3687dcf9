package overlay_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator/internal/overlay"
)

var update = flag.Bool("update", false, "rewrite the kustomizations in testdata")

// TestCompute reads testdata/*.txtar. A case is three files in a folder with
// the case's name: base.yaml, want.yaml and kustomization.yaml, the overlay
// that must come out. A case without base.yaml has that of the case before.
func TestCompute(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("testdata: %d archives, %v", len(archives), err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var base []byte
			var out []txtar.File
			for i, file := range archive.Files {
				switch path.Base(file.Name) {
				case "base.yaml":
					base = file.Data
					out = append(out, file)
				case "want.yaml":
					out = append(out, file)
					golden := path.Join(path.Dir(file.Name), "kustomization.yaml")
					var want []byte
					if i+1 < len(archive.Files) && archive.Files[i+1].Name == golden {
						want = archive.Files[i+1].Data
					}
					t.Run(path.Dir(file.Name), func(t *testing.T) {
						got := kustomization(t, base, file.Data)
						out = append(out, txtar.File{Name: golden, Data: got})
						if diff := cmp.Diff(string(want), string(got)); diff != "" && !*update {
							t.Errorf("kustomization.yaml (-want +got):\n%s", diff)
						}
					})
				}
			}
			if *update {
				archive.Files = out
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// kustomization computes the overlay from one YAML stream to another and checks
// the law: what it builds to is want.
func kustomization(t *testing.T, base, want []byte) []byte {
	t.Helper()
	tree := map[string][]byte{"base/objects.yaml": base, "want/objects.yaml": want}
	for _, folder := range []string{"base", "want"} {
		tree[folder+"/kustomization.yaml"] = []byte("resources: [objects.yaml]\n")
	}
	wanted := build(t, tree, "want")
	difference, err := overlay.Compute(build(t, tree, "base"), wanted, builder(tree, "../base"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := overlayFiles(difference, "../base")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		tree[name] = content
	}
	sameObjects(t, wanted, build(t, tree, "overlay"))
	return files["overlay/kustomization.yaml"]
}

// builder returns the function that Compute builds with: tree is only read.
func builder(tree map[string][]byte, bases ...string) func(overlay.Difference) ([]overlay.Object, error) {
	return func(d overlay.Difference) ([]overlay.Object, error) {
		files, err := overlayFiles(d, bases...)
		if err != nil {
			return nil, err
		}
		for name, content := range tree {
			files[name] = content
		}
		return overlay.Build(files, "overlay")
	}
}

func overlayFiles(d overlay.Difference, bases ...string) (map[string][]byte, error) {
	files := map[string][]byte{}
	resources := bases[:len(bases):len(bases)]
	for i, o := range d.New {
		name := fmt.Sprintf("new-%d.yaml", i)
		resources = append(resources, name)
		content, err := yaml.Marshal(o)
		if err != nil {
			return nil, err
		}
		files["overlay/"+name] = content
	}
	content, err := overlay.Kustomization(resources, d.Patches)
	files["overlay/kustomization.yaml"] = content
	return files, err
}

func build(t testing.TB, tree map[string][]byte, folder string) []overlay.Object {
	t.Helper()
	objects, err := overlay.Build(tree, folder)
	if err != nil {
		t.Fatalf("building %s: %v", folder, err)
	}
	return objects
}

// sameObjects compares without regard to the order of the objects.
func sameObjects(t testing.TB, want, got []overlay.Object) {
	t.Helper()
	if diff := cmp.Diff(byName(t, want), byName(t, got)); diff != "" {
		t.Errorf("the overlay builds to other objects (-want +got):\n%s", diff)
	}
}

func byName(t testing.TB, objects []overlay.Object) map[string]string {
	t.Helper()
	named := map[string]string{}
	for _, o := range objects {
		out, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		metadata := o["metadata"].(map[string]any)
		name := fmt.Sprint(o["apiVersion"], o["kind"], metadata["namespace"], metadata["name"])
		if _, taken := named[name]; taken {
			t.Errorf("%s occurs twice", name)
		}
		named[name] = string(bytes.TrimSpace(out))
	}
	return named
}
