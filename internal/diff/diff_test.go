package diff_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/testing/golden"
	"github.com/hearth-dev/hearth/internal/vet"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// Each archive is named after a rule of package diff: the objects before and
// after the change, and what is said of it. A rule without an archive that it
// speaks in fails the test.
func TestRules(t *testing.T) {
	heard := map[string]bool{}
	golden.Archives(t, "want", *update, func(t *testing.T, archive *txtar.Archive) string {
		decode := func(name string) []objects.Object {
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
			list, err := vet.Decode(archive.Files[i].Data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return list
		}
		var said strings.Builder
		for _, c := range diff.Objects(decode("old"), decode("new")) {
			fmt.Fprintf(&said, "%s %s\n", c.Object, c.Op)
			for _, e := range c.Effects {
				heard[e.Rule+" "+string(c.Op)] = true
				fmt.Fprintf(&said, "  %s %s: %s\n", e.Rule, e.Level, e.Text)
			}
			if c.Diff == "" {
				t.Errorf("%s: no difference of YAML", c.Object)
			}
		}
		return said.String()
	})
	if diff := cmp.Diff(diff.RuleIDs(), slices.Sorted(maps.Keys(heard))); diff != "" {
		t.Errorf("the rules, and those that speak in testdata (-rules +heard):\n%s", diff)
	}
}

// Abouts has a sentence for each rule, and for those of overlays.
func TestAbouts(t *testing.T) {
	want := map[string]bool{"namespace": true, "overlay": true, "fleet": true}
	for _, id := range diff.RuleIDs() {
		name, _, _ := strings.Cut(id, " ")
		want[name] = true
	}
	got := map[string]bool{}
	for _, a := range diff.Abouts() {
		got[a.Rule] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
