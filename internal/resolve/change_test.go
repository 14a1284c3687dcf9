package resolve_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
	"github.com/hearth-dev/hearth/internal/testing/golden"
)

// written is a value with a digit that a message says to write, without an edit of
// the file. Without one it is mostly the name of a field.
var written = regexp.MustCompile(`\b(?:write|raise it to) (\[?[^\s,;{}]*\d[^\s,;{}]*?)(?:$|[,;]| or )`)

// TestChanges makes each change that a problem of the refused stacks offers: the
// problem is gone then, and nothing else is wrong with that field.
func TestChanges(t *testing.T) {
	made, read := 0, 0
	names, err := filepath.Glob("../../api/v1alpha1/testdata/refused/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d archives, %v", len(names), err)
	}
	for _, name := range names {
		for file, text := range golden.Stacks(t, name) {
			root, _ := document.Parse("hearth.yaml", []byte(text))
			if root == nil {
				continue
			}
			_, before := resolve.Stack(root)
			for _, p := range before {
				if p.Change == nil {
					said := written.FindStringSubmatch(p.Message + "; " + p.Fix)
					if said == nil || strings.Contains(p.Message, "with this, ") { // then it is of another field
						continue
					}
					var value any
					if err := yaml.Unmarshal([]byte(said[1]), &value); err != nil {
						t.Fatalf("%s: %v", p, err)
					}
					p.Change = &problem.Change{Path: p.Path, Value: value}
					read++
				}
				made++
				changed, ok := root.With(*p.Change)
				if !ok {
					t.Errorf("%s %s: %s: there is no place for %+v", filepath.Base(name), file, p, *p.Change)
					continue
				}
				_, after := resolve.Stack(changed)
				if why := refused(p, before, after); why != "" {
					t.Errorf("%s %s: with %+v\n%s\n%s", filepath.Base(name), file, *p.Change, p, why)
				}
			}
		}
	}
	t.Logf("%d changes were made, %d of them read from the message", made, read)
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
