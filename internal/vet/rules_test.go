package vet_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/vet"
)

var update = flag.Bool("update", false, "rewrite the findings in testdata")

// Each rule has a folder with an archive that it finds something in, fail.txtar,
// and one that it does not, pass.txtar, and maybe more of either, named pass-WHY
// or fail-WHY. An archive holds rendered objects, or a stack and files that stand
// in its tree instead of the generated ones; the findings are below.
func TestEveryRulePassesAndFails(t *testing.T) {
	checker := vet.New()
	folders := map[string]bool{}
	for _, r := range vet.Rules() {
		folders[r.ID] = true
		files, err := filepath.Glob(filepath.Join("testdata", "rules", r.ID, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, verdict := range []string{"pass", "fail"} {
			if need := filepath.Join("testdata", "rules", r.ID, verdict+".txtar"); !slices.Contains(files, need) {
				t.Errorf("%s: is missing", need)
			}
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			verdict, _, _ := strings.Cut(name, "-")
			t.Run(r.ID+"/"+name, func(t *testing.T) {
				archive, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				found := ofRule(look(t, checker, archive), r.ID)
				if want := map[string]bool{"pass": false, "fail": true}; want[verdict] != (len(found) > 0) {
					t.Errorf("%d findings of %s", len(found), r.ID)
				}
				golden(t, file, archive, found)
			})
		}
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !folders[e.Name()] {
			t.Errorf("testdata/rules/%s: there is no such rule", e.Name())
		}
	}
}

// Foreign manifests, with everything that is found in them.
func TestForeign(t *testing.T) {
	checker := vet.New()
	files, err := filepath.Glob("testdata/foreign/*.txtar")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d archives: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file, archive, look(t, checker, archive))
		})
	}
}

func golden(t *testing.T, file string, archive *txtar.Archive, found []vet.Finding) {
	t.Helper()
	const name = "findings"
	got := lines(found)
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		archive.Files = append(archive.Files, txtar.File{Name: name})
		i = len(archive.Files) - 1
	}
	if *update {
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// figures are calibrated elsewhere, and change.
var figures = regexp.MustCompile(`[0-9]+ MiB|(needs: ).*`)

func lines(found []vet.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s %s\n  %s | %s\n  %s\n", f.Severity, f.Rule, f.Object, f.Path, figures.ReplaceAllString(f.Message, "${1}N MiB"))
		if f.Fix != "" {
			fmt.Fprintf(&b, "  fix: %s\n", figures.ReplaceAllString(f.Fix, "N MiB"))
		}
		if f.Excepted != "" {
			fmt.Fprintf(&b, "  accepted: %s\n", f.Excepted)
		}
	}
	return b.String()
}

func ofRule(found []vet.Finding, id string) []vet.Finding {
	return slices.DeleteFunc(found, func(f vet.Finding) bool { return f.Rule != id && !strings.HasPrefix(f.Rule, id+"/") })
}

// look at what the archive holds.
func look(t *testing.T, checker *vet.Checker, archive *txtar.Archive) []vet.Finding {
	t.Helper()
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	switch {
	case files["objects.yaml"] != nil:
		return checker.Objects("objects.yaml", files["objects.yaml"]).Findings
	case files["hearth.yaml"] != nil:
		return lookAtStack(t, checker, files)
	}
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	results, err := checker.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range results[0].Findings { // kustomize names the folder
		results[0].Findings[i].Message = strings.ReplaceAll(results[0].Findings[i].Message, dir, "FOLDER")
	}
	return results[0].Findings
}

func lookAtStack(t *testing.T, checker *vet.Checker, files map[string][]byte) []vet.Finding {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", files["hearth.yaml"])
	if stack == nil {
		t.Fatal(problems)
	}
	tree, err := generator.GenerateUnchecked(stack)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if name != "hearth.yaml" && name != "findings" {
			tree = slices.DeleteFunc(tree, func(f generator.File) bool { return f.Path == name })
			tree = append(tree, generator.File{Path: name, Data: data})
		}
	}
	results, err := checker.Stack(vet.StackInput{Stack: stack, Files: tree})
	if err != nil {
		t.Fatal(err)
	}
	var found []vet.Finding
	for _, r := range results {
		found = append(found, r.Findings...)
	}
	return found
}
