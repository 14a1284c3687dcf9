package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/generator"
)

// generated is the content of a file that hearth wrote.
func generated(text string) string {
	return generator.Header + " from hearth.yaml; do not edit.\n" + text
}

// fill writes a folder's files.
func fill(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// contents reads a folder back; an empty folder shows as a name with a slash.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, file)
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir():
			if inside, _ := os.ReadDir(file); len(inside) == 0 && name != "." {
				got[name+"/"] = ""
			}
		case entry.Type()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(file)
			got[name] = "-> " + target
		default:
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			got[name] = string(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wanted turns a map into the sorted list that Generate would give.
func wanted(files map[string]string) []generator.File {
	var list []generator.File
	for name, text := range files {
		list = append(list, generator.File{Path: name, Data: []byte(text)})
	}
	slices.SortFunc(list, func(a, b generator.File) int { return strings.Compare(a.Path, b.Path) })
	return list
}

func TestCompareAndApply(t *testing.T) {
	base := generated("kind: Kustomization\n")
	tests := map[string]struct {
		before, want map[string]string
		ops          map[string]Op
		after        map[string]string
	}{
		"an empty folder": {
			want:  map[string]string{"bases/ai/kustomization.yaml": base, "fleet.yaml": base},
			ops:   map[string]Op{"bases/ai/kustomization.yaml": Create, "fleet.yaml": Create},
			after: map[string]string{"bases/ai/kustomization.yaml": base, "fleet.yaml": base},
		},
		"new, changed, same and stale": {
			before: map[string]string{
				"bases/ai/pvc.yaml":               generated("10Gi\n"),
				"fleet.yaml":                      base,
				"overlays/old/kustomization.yaml": base,
				"overlays/old/deep/patch.yaml":    base,
			},
			want: map[string]string{"bases/ai/pvc.yaml": generated("20Gi\n"), "bases/ai/service.yaml": base, "fleet.yaml": base},
			ops: map[string]Op{
				"bases/ai/pvc.yaml":               Update,
				"bases/ai/service.yaml":           Create,
				"fleet.yaml":                      Keep,
				"overlays/old/kustomization.yaml": Remove,
				"overlays/old/deep/patch.yaml":    Remove,
			},
			after: map[string]string{"bases/ai/pvc.yaml": generated("20Gi\n"), "bases/ai/service.yaml": base, "fleet.yaml": base},
		},
		"a person's files stay, and so do their folders": {
			before: map[string]string{
				"overlays/old/kustomization.yaml":  base,
				"overlays/old/notes.md":            "remember the milk\n",
				"overlays/mine/kustomization.yaml": "resources: []\n",
				"bases/ai/empty":                   "",
				"copies/fleet.yaml":                base,
				"other.yaml":                       base,
				".krmignore":                       "fleet.yaml\n",
			},
			want: map[string]string{"fleet.yaml": base},
			ops:  map[string]Op{"fleet.yaml": Create, "overlays/old/kustomization.yaml": Remove},
			after: map[string]string{
				"fleet.yaml":                       base,
				"overlays/old/notes.md":            "remember the milk\n",
				"overlays/mine/kustomization.yaml": "resources: []\n",
				"bases/ai/empty":                   "",
				"copies/fleet.yaml":                base,
				"other.yaml":                       base,
				".krmignore":                       "fleet.yaml\n",
			},
		},
		"what a killed run left behind": {
			before: map[string]string{
				".hearth-tmp-A":           "half a fi",
				"bases/new/.hearth-tmp-B": generator.Header,
				"fleet.yaml":              base,
			},
			want:  map[string]string{"fleet.yaml": base},
			ops:   map[string]Op{"fleet.yaml": Keep},
			after: map[string]string{"fleet.yaml": base},
		},
		"a byte order mark in front of the header": {
			before: map[string]string{"fleet.yaml": "\ufeff" + base},
			want:   map[string]string{"fleet.yaml": base},
			ops:    map[string]Op{"fleet.yaml": Update},
			after:  map[string]string{"fleet.yaml": base},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			fill(t, dir, test.before)
			plan, err := Compare(dir, wanted(test.want))
			if err != nil {
				t.Fatal(err)
			}
			ops := map[string]Op{}
			for _, c := range plan.Changes {
				ops[c.Path] = c.Op
			}
			if diff := cmp.Diff(test.ops, ops); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			if err := plan.Apply(context.Background()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.after, contents(t, dir)); diff != "" {
				t.Errorf("folder (-want +got):\n%s", diff)
			}
			again, err := Compare(dir, wanted(test.want))
			if err != nil {
				t.Fatal(err)
			}
			if !again.Clean() {
				t.Errorf("a second run would still change something: %s", again.Diff())
			}
		})
	}
}

// Nothing may be written while anything stands in the way.
func TestConflicts(t *testing.T) {
	outside := t.TempDir()
	fill(t, outside, map[string]string{"kustomization.yaml": generated("")})
	tests := map[string]struct {
		before map[string]string
		links  map[string]string
		want   []string // a path and a word of its reason
	}{
		"a person's file":          {before: map[string]string{"fleet.yaml": "defaultNamespace: ai\n"}, want: []string{"fleet.yaml", "was not generated by hearth"}},
		"an empty file":            {before: map[string]string{"fleet.yaml": ""}, want: []string{"fleet.yaml", "was not generated by hearth"}},
		"a folder for a file":      {before: map[string]string{"fleet.yaml/x": ""}, want: []string{"fleet.yaml", "is a folder"}},
		"a file for a folder":      {before: map[string]string{"bases": "x"}, want: []string{"bases", "is a file"}},
		"a link out of the tree":   {links: map[string]string{"bases": outside}, want: []string{"bases", "symbolic link to " + outside}},
		"a link inside the tree":   {before: map[string]string{"real/x": ""}, links: map[string]string{"bases": "real"}, want: []string{"bases", "symbolic link to real"}},
		"a link for a file":        {links: map[string]string{"fleet.yaml": filepath.Join(outside, "kustomization.yaml")}, want: []string{"fleet.yaml", "symbolic link"}},
		"a link to nowhere":        {links: map[string]string{"fleet.yaml": "missing"}, want: []string{"fleet.yaml", "symbolic link"}},
		"every problem is named":   {before: map[string]string{"bases": "x", "fleet.yaml": "y"}, want: []string{"bases", "is a file", "fleet.yaml", "was not generated"}},
		"one folder is named once": {before: map[string]string{"bases": "x"}, want: []string{"bases", "is a file"}},
	}
	files := wanted(map[string]string{
		"bases/ai/a.yaml": generated(""), "bases/ai/b.yaml": generated(""), "fleet.yaml": generated(""), "z.yaml": generated(""),
	})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, test.before)
			for link, target := range test.links {
				if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			before := contents(t, dir)
			_, err := Compare(dir, files)
			var conflicts Conflicts
			if !errors.As(err, &conflicts) {
				t.Fatalf("got error %v, want Conflicts", err)
			}
			if len(conflicts) != len(test.want)/2 {
				t.Errorf("got %d conflicts, want %d:\n%v", len(conflicts), len(test.want)/2, err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to contain %q", err, want)
				}
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Errorf("the folder changed (-want +got):\n%s", diff)
			}
		})
	}
}

// What is another stack's is told apart: a file in the way, and a stale one. A
// file that names no stack is nobody's, and a person's is no question at all.
func TestOthers(t *testing.T) {
	of := func(stack string) string {
		return generator.Header + " from the stack " + stack + "; do not edit, run: hearth render\n"
	}
	tests := map[string]struct {
		before map[string]string
		want   map[string][]string
	}{
		"its own files":     {before: map[string]string{"fleet.yaml": of("lab"), "bases/old/a.yaml": of("lab")}},
		"files of no stack": {before: map[string]string{"fleet.yaml": generated(""), "bases/old/a.yaml": generated("")}},
		"a person's":        {before: map[string]string{"overlays/mine/a.yaml": "# the stack home;\n"}},
		"another stack's": {
			before: map[string]string{"fleet.yaml": "\ufeff" + of("home"), "bases/old/a.yaml": of("home"), "bases/new/a.yaml": of("attic")},
			want:   map[string][]string{"home": {"bases/old/a.yaml", "fleet.yaml"}, "attic": {"bases/new/a.yaml"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, test.before)
			plan, err := Compare(dir, wanted(map[string]string{"fleet.yaml": of("lab"), "bases/new/a.yaml": of("lab")}))
			if err != nil {
				t.Fatal(err)
			}
			if len(test.want)+len(plan.Others) == 0 {
				return
			}
			if diff := cmp.Diff(test.want, plan.Others); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A link below a folder of ours is not followed when stale files are looked for.
func TestStaleStopsAtLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	fill(t, outside, map[string]string{"kustomization.yaml": generated("")})
	fill(t, dir, map[string]string{"bases/ai/kustomization.yaml": generated("")})
	for _, link := range []string{"bases/linked", "overlays"} {
		if err := os.Symlink(outside, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := Compare(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"bases/ai/kustomization.yaml"}, plan.Paths(Remove)); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
}

func TestDiff(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{
		"bases/ai/crlf.yaml": strings.ReplaceAll(generated("a: 1\nb: 2\n"), "\n", "\r\n"),
		"bases/ai/pvc.yaml":  generated("storage: 10Gi\n"),
		"fleet.yaml":         generated(""),
		"overlays/x/k.yaml":  generated(""),
	})
	plan, err := Compare(dir, wanted(map[string]string{
		"bases/ai/crlf.yaml": generated("a: 1\nb: 2\n"),
		"bases/ai/new.yaml":  generated(""),
		"bases/ai/pvc.yaml":  generated("storage: 20Gi\n"),
		"fleet.yaml":         generated(""),
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `diff /dev/null b/bases/ai/new.yaml
--- /dev/null
+++ b/bases/ai/new.yaml
@@ -0,0 +1,1 @@
+# Generated by hearth from hearth.yaml; do not edit.
diff a/bases/ai/pvc.yaml b/bases/ai/pvc.yaml
--- a/bases/ai/pvc.yaml
+++ b/bases/ai/pvc.yaml
@@ -1,2 +1,2 @@
 # Generated by hearth from hearth.yaml; do not edit.
-storage: 10Gi
+storage: 20Gi
diff a/overlays/x/k.yaml /dev/null
--- a/overlays/x/k.yaml
+++ /dev/null
@@ -1,1 +0,0 @@
-# Generated by hearth from hearth.yaml; do not edit.
`
	if diff := cmp.Diff(want, string(plan.Diff())); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
	var crlf []string
	for _, c := range plan.Changes {
		if c.LineEndingsOnly() {
			crlf = append(crlf, c.Path)
		}
	}
	if diff := cmp.Diff([]string{"bases/ai/crlf.yaml"}, crlf); diff != "" {
		t.Errorf("line endings only (-want +got):\n%s", diff)
	}
}

// A person's file modes survive an update.
func TestApplyKeepsMode(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"fleet.yaml": generated("old\n")})
	file := filepath.Join(dir, "fleet.yaml")
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	plan, err := Compare(dir, wanted(map[string]string{"fleet.yaml": generated("new\n")}))
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(context.Background()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o640 {
		t.Errorf("got mode %o, want 640", got)
	}
}

// Compare refuses a path that leaves the folder: a bug of the generator must
// not become a file outside the folder.
func TestCompareRefusesPathsOutside(t *testing.T) {
	for _, path := range []string{"../x", "/etc/x", "bases/../../x", ""} {
		if _, err := Compare(t.TempDir(), []generator.File{{Path: path}}); err == nil {
			t.Errorf("Compare took the path %q", path)
		}
	}
}

func TestApplyCancelled(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"fleet.yaml": generated("old\n")})
	plan, err := Compare(dir, wanted(map[string]string{"bases/ai/a.yaml": generated(""), "fleet.yaml": generated("new\n")}))
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("interrupted"))
	err = plan.Apply(ctx)
	if err == nil || !strings.Contains(err.Error(), "nothing was changed") || !strings.HasSuffix(err.Error(), "interrupted") {
		t.Errorf("got error %v, want one that says nothing was changed and why", err)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
}

// Two runs at a time do not know of each other. One may fail and say why; no
// file is ever a mixture, and the next run leaves nothing to do.
func TestApplyAtTheSameTime(t *testing.T) {
	dir := t.TempDir()
	texts := map[string]bool{}
	var runs []map[string]string
	for i := range 4 {
		run := map[string]string{}
		for _, name := range []string{"bases/a/x.yaml", "bases/b/y.yaml", fmt.Sprintf("overlays/%d/z.yaml", i)} {
			run[name] = generated(strings.Repeat(fmt.Sprintf("run: %d\n", i), 500))
			texts[run[name]] = true
		}
		runs = append(runs, run)
	}
	var wait sync.WaitGroup
	for _, run := range runs {
		wait.Go(func() {
			for range 10 {
				plan, err := Compare(dir, wanted(run))
				if err != nil {
					continue // a file was gone before it was read
				}
				if err := plan.Apply(t.Context()); err != nil && !strings.Contains(err.Error(), "another hearth render") {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for name, text := range contents(t, dir) {
		if !strings.HasSuffix(name, "/") && name != mark && !texts[text] { // one that failed leaves its mark
			t.Errorf("%s is a mixture", name)
		}
	}
	plan, err := Compare(dir, wanted(runs[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := contents(t, dir)
	for name := range got { // an empty folder is nothing to git
		if strings.HasSuffix(name, "/") {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(runs[0], got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
