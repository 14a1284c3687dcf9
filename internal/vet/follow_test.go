package vet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/internal/vet"
)

// Trees that Flux, Argo CD, Fleet or a person applies: what is followed, how much
// runs there, and what was not seen. The folder that is given stands in the
// archive's comment, behind "vet".
func TestTrees(t *testing.T) {
	files, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d archives: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, given, _ := strings.Cut(string(archive.Comment), "vet ")
			dir := t.TempDir()
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "seen" })
			if i < 0 {
				archive.Files, i = append(archive.Files, txtar.File{Name: "seen"}), len(archive.Files)
			}
			for _, f := range archive.Files[:i] {
				path := filepath.Join(dir, f.Name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			results, err := vet.New().Folder(filepath.Join(dir, strings.TrimSpace(given)))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(seen(results), dir, "TREE")
			if *update {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
				t.Errorf("seen (-want +got):\n%s", diff)
			}
		})
	}
}

// How many folders there was no time for is said: it is no success not to see them.
func TestMoreFoldersThanAreLookedAt(t *testing.T) {
	dir := t.TempDir()
	for i := range 303 {
		folder := filepath.Join(dir, fmt.Sprintf("app-%03d", i))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		const text = "resources: [a.yaml]\n"
		if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		const object = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: a}}\n"
		if err := os.WriteFile(filepath.Join(folder, "a.yaml"), []byte(object), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	results, err := vet.New().Folder(dir)
	if err != nil || len(results) != 300 {
		t.Fatalf("%d results, %v; want one for the folder and 299 below", len(results), err)
	}
	want := []vet.Unseen{{What: "4 folders, the last of them app-302", Why: "more than 300 folders",
		Fix: "give them in parts; of a stack's tree, hearth vet without a folder looks at every overlay"}}
	if diff := cmp.Diff(want, results[0].Unseen); diff != "" {
		t.Errorf("not seen (-want +got):\n%s", diff)
	}
}

func seen(results []vet.Result) string {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%s %s: %d objects, %d workloads\n", r.Name, r.By, r.Objects, r.Workloads)
		for _, f := range r.Findings {
			if f.Rule == "build" || f.Rule == "pruned-data" || strings.HasPrefix(f.Rule, "fleet") {
				fmt.Fprintf(&b, "  %s: %s %s\n", f.Rule, f.Object, f.Message)
			}
		}
		for _, u := range r.Unseen {
			fmt.Fprintf(&b, "  not seen %s: %s\n    %s\n    %s\n", u.Object, u.What, u.Why, u.Fix)
		}
	}
	return b.String()
}
