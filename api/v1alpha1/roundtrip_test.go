package v1alpha1_test

import (
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/golden"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
)

// TestRoundTrip writes stacks that were read, and reads them again: it is the
// same Stack, and what becomes of it is the same.
func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"testdata/everything.yaml", "../../hearth.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, problems := generator.Parse(name, data)
		if s == nil {
			t.Fatal(problems)
		}
		again, err := yaml.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		twice, _ := generator.Parse(name, again)
		if diff := cmp.Diff(s, twice); diff != "" {
			t.Errorf("%s, read, written and read (-once +twice):\n%s", name, diff)
		}
		want, _ := generator.Load("hearth.yaml", data)
		got, problems := generator.Load("hearth.yaml", again)
		if diff := cmp.Diff(want, got); diff != "" || got == nil {
			t.Errorf("%s, resolved after that (-once +twice):\n%s\n%s", name, diff, problems)
		}
	}
}

// TestValues builds every stack of the fixtures that can be decoded as a Go
// program would, and resolves it: the problems are those of the file, but for
// their places.
func TestValues(t *testing.T) {
	tried, wrong := 0, 0
	for _, name := range archives(t) {
		for file, text := range golden.Stacks(t, name) {
			s, _ := generator.Parse("hearth.yaml", []byte(text))
			if s == nil {
				continue
			}
			want, found := generator.Load("hearth.yaml", []byte(text))
			got, problems := generator.Resolve(s)
			if diff := cmp.Diff(withoutPlaces(found), withoutPlaces(problems)); diff != "" {
				t.Errorf("%s, %s: problems of the file and of the value (-file +value):\n%s", name, file, diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: resolved from the file and from the value (-file +value):\n%s", name, file, diff)
			}
			if tried++; problems.Err() != nil {
				wrong++
			}
		}
	}
	if tried < 50 || wrong < 30 {
		t.Errorf("tried %d stacks, %d of them wrong: too few to prove anything", tried, wrong)
	}
}

func withoutPlaces(l problem.List) string {
	out := make(problem.List, len(l))
	for i, p := range l {
		p.File, p.Line, p.Column = "", 0, 0
		out[i] = p
	}
	return out.Sorted().String()
}
