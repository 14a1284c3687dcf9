package resolve_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
)

// TestChanges makes each change that a problem of the refused stacks offers: the
// problem is gone then, and nothing else is wrong with that field.
func TestChanges(t *testing.T) {
	made := 0
	names, err := filepath.Glob("../../api/v1alpha1/testdata/refused/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d archives, %v", len(names), err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head := ""
		for _, f := range archive.Files {
			if f.Name == "head" {
				head = string(f.Data)
			}
			if !strings.HasSuffix(f.Name, ".yaml") {
				continue
			}
			text := string(f.Data)
			if strings.HasPrefix(text, " ") {
				text = head + text
			}
			root, _ := document.Parse("hearth.yaml", []byte(text))
			if root == nil {
				continue
			}
			_, before := resolve.Stack(root)
			for _, p := range before {
				if p.Change == nil {
					continue
				}
				made++
				changed, ok := root.With(*p.Change)
				if !ok {
					t.Errorf("%s %s: %s: there is no place for %+v", filepath.Base(name), f.Name, p, *p.Change)
					continue
				}
				_, after := resolve.Stack(changed)
				if why := refused(p, before, after); why != "" {
					t.Errorf("%s %s: with %+v\n%s\n%s", filepath.Base(name), f.Name, *p.Change, p, why)
				}
			}
		}
	}
	if made < 100 {
		t.Errorf("made %d changes, want 100 and more", made)
	}
}

// refused is what is wrong after a change; "" if nothing.
func refused(p problem.Problem, before, after problem.List) string {
	same := func(a, b problem.Problem) bool { return a.Path == b.Path && a.Message == b.Message }
	for _, a := range after.Errors() {
		switch {
		case same(a, p):
			return "it is still there"
		case slices.ContainsFunc(before, func(b problem.Problem) bool { return same(a, b) }):
		case problem.Within(a.Path, p.Change.Path), a.Path == p.Path:
			return fmt.Sprintf("next: %s", a)
		}
	}
	return ""
}
