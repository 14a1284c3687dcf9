package v1alpha1_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
)

// written is the Stack as it was written; nil if it cannot be decoded.
func written(data []byte) *v1alpha1.Stack {
	root, problems := document.Parse("hearth.yaml", data)
	if root == nil || problems.Err() != nil {
		return nil
	}
	s, _ := resolve.Written(root)
	return s
}

// TestRoundTrip writes stacks that were read, and reads them again: it is the
// same Stack, and what becomes of it is the same.
func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"testdata/everything.yaml", "../../hearth.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := written(data)
		if s == nil {
			t.Fatalf("%s cannot be read", name)
		}
		again, err := yaml.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, written(again)); diff != "" {
			t.Errorf("%s, read, written and read (-once +twice):\n%s", name, diff)
		}
		want, _ := load("hearth.yaml", data)
		got, problems := load("hearth.yaml", again)
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
			s := written([]byte(text))
			if s == nil {
				continue
			}
			want, found := load("hearth.yaml", []byte(text))
			root, _ := document.FromValue(s)
			got, problems := resolve.Stack(root)
			if diff := cmp.Diff(withoutPlaces(found), withoutPlaces(problems)); diff != "" {
				t.Errorf("%s, %s: problems of the file and of the value (-file +value):\n%s", name, f.Name, diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: resolved from the file and from the value (-file +value):\n%s", name, f.Name, diff)
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
