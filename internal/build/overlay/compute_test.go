package overlay_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/overlay"
	"github.com/hearth-dev/hearth/internal/testing/unordered"
)

var update = flag.Bool("update", false, "rewrite the kustomizations in testdata")

// TestCompute reads testdata/*.txtar. A case is three files in a folder with
// the case's name: base.yaml is what there is, change is what the overlay wants
// of it, and kustomization.yaml is the overlay that must come out, without its
// version and kind. A case without base.yaml has that of the case before.
//
// A change is a diff without line numbers. Its blocks stand between empty
// lines, and each must fit in exactly one place.
func TestCompute(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("testdata: %d archives, %v", len(archives), err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			goldens := map[string]string{}
			for _, file := range archive.Files {
				goldens[file.Name] = string(file.Data)
			}
			var base string
			var out []txtar.File
			for _, file := range archive.Files {
				switch path.Base(file.Name) {
				case "base.yaml":
					base = string(file.Data)
					out = append(out, file)
				case "change":
					out = append(out, file)
					t.Run(path.Dir(file.Name), func(t *testing.T) {
						golden := path.Join(path.Dir(file.Name), "kustomization.yaml")
						got := kustomization(t, base, apply(t, base, string(file.Data)))
						out = append(out, txtar.File{Name: golden, Data: []byte(got)})
						if diff := cmp.Diff(goldens[golden], got); diff != "" && !*update {
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

// apply applies the blocks of a change to text.
func apply(t *testing.T, text, change string) string {
	t.Helper()
	for block := range strings.SplitSeq(change, "\n\n") {
		var before, after strings.Builder
		for line := range strings.Lines(strings.TrimRight(block, "\n") + "\n") {
			switch {
			case strings.HasPrefix(line, "-"):
				before.WriteString(line[1:])
			case strings.HasPrefix(line, "+"):
				after.WriteString(line[1:])
			case strings.HasPrefix(line, " "):
				before.WriteString(line[1:])
				after.WriteString(line[1:])
			}
		}
		if before.Len() == 0 {
			continue
		}
		if n := strings.Count("\n"+text, "\n"+before.String()); n != 1 {
			t.Fatalf("this block fits in %d places:\n%s", n, block)
		}
		text = strings.Replace("\n"+text, "\n"+before.String(), "\n"+after.String(), 1)[1:]
	}
	return text
}

// kustomization computes the overlay from one YAML stream to another, checks
// the law, that it builds to the second, and returns it.
func kustomization(t *testing.T, base, want string) string {
	t.Helper()
	tree := map[string][]byte{"base/objects.yaml": []byte(base), "want/objects.yaml": []byte(want)}
	for _, folder := range []string{"base", "want"} {
		tree[folder+"/kustomization.yaml"] = []byte("resources: [objects.yaml]\n")
	}
	wanted := build(t, tree, "want")
	difference, err := overlay.Compute(build(t, tree, "base"), wanted, nil, builder(tree, "../base"))
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
	return string(files["overlay/kustomization.yaml"])
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

// overlayFiles writes a difference down as the generator does.
func overlayFiles(d overlay.Difference, bases ...string) (map[string][]byte, error) {
	files := map[string][]byte{}
	var kustomization struct {
		Resources []string         `yaml:"resources"`
		Patches   []v1alpha1.Patch `yaml:"patches,omitempty"`
	}
	kustomization.Resources = slices.Clone(bases)
	for i, o := range d.New {
		name := fmt.Sprintf("new-%d.yaml", i)
		kustomization.Resources = append(kustomization.Resources, name)
		content, err := overlay.Manifest(o)
		if err != nil {
			return nil, err
		}
		files["overlay/"+name] = content
	}
	kustomization.Patches = d.Patches
	var content bytes.Buffer
	encoder := yaml.NewEncoder(&content)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	err := encoder.Encode(kustomization)
	files["overlay/kustomization.yaml"] = content.Bytes()
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

// sameObjects compares without regard to the order of the objects, and of lists
// whose order means nothing.
func sameObjects(t testing.TB, want, got []overlay.Object) {
	t.Helper()
	w, g := byName(t, want), byName(t, got)
	if !reflect.DeepEqual(w, g) {
		t.Errorf("the overlay builds to other objects (-want +got):\n%s", cmp.Diff(w, g))
	}
}

func byName(t testing.TB, objects []overlay.Object) map[string]overlay.Object {
	t.Helper()
	named := map[string]overlay.Object{}
	for _, o := range objects {
		metadata := o["metadata"].(map[string]any)
		name := fmt.Sprint(o["apiVersion"], o["kind"], metadata["namespace"], metadata["name"])
		if _, taken := named[name]; taken {
			t.Errorf("%s occurs twice", name)
		}
		named[name] = unordered.Sorted(o)
	}
	return named
}

// objects reads a YAML stream as kustomize does, but changes nothing.
func objects(t testing.TB, stream string) []overlay.Object {
	t.Helper()
	var objects []overlay.Object
	for document := range strings.SplitSeq(stream, "---\n") {
		var o overlay.Object
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			t.Fatal(err)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}
