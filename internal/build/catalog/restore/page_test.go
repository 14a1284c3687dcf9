package restore_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
)

var update = flag.Bool("update", false, "rewrite the steps in docs/restore.md")

const page = "../../../../docs/restore.md"

// shown is a way back in the page, after the lines of a base that it is for.
var shown = regexp.MustCompile("(?s)(<!-- steps: ([^>]+) -->\n).*?(<!-- end of steps -->)")

// The page shows the steps of the stack above them.
func TestPageHasTheSteps(t *testing.T) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text, ways := string(data), 0
	want := shown.ReplaceAllStringFunc(text, func(found string) string {
		ways++
		parts := shown.FindStringSubmatch(found)
		before := text[:strings.Index(text, found)]
		_, fields, ok := cutLast(before, "\n```yaml\nopenWebUI:")
		fields, _, ends := strings.Cut(fields, "\n```\n")
		if !ok || !ends {
			t.Fatalf("no stack stands above the steps %s", parts[2])
		}
		v := volumes(t, "openWebUI:"+fields)[0]
		for _, way := range v.Ways {
			if way.Title == parts[2] {
				return parts[1] + "\n" + way.Markdown() + "\n" + parts[3]
			}
		}
		t.Fatalf("the stack above %s has no such way: %+v", parts[2], v)
		return ""
	})
	if ways < 3 {
		t.Errorf("the page shows %d ways back, want each of those from a backup", ways)
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("docs/restore.md is not what the code gives; run: go test ./internal/build/catalog/restore -update (-want +got):\n%s", diff)
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// volumes are those of a chat beside Ollama, with these fields of its base.
func volumes(t *testing.T, fields string) []restore.Volume {
	t.Helper()
	volumes, err := restore.Of("homelab", overlay(t, fields))
	if err != nil {
		t.Fatal(err)
	}
	return volumes
}

func overlay(t *testing.T, fields string) *v1alpha1.ResolvedOverlay {
	t.Helper()
	stack := `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: ai
      namespace: ai
      ` + strings.ReplaceAll(fields, "\n", "\n      ") + `
  overlays: [{name: home, bases: [{name: ai}]}]
`
	if !strings.Contains(fields, "ollama:") {
		stack = strings.Replace(stack, "      namespace: ai\n", "      namespace: ai\n      ollama: {models: [\"llama3.2:3b\"]}\n", 1)
	}
	root, problems := document.Parse("hearth.yaml", []byte(stack))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	resolved, problems := resolve.Stack(root)
	if problems.Err() != nil {
		t.Fatalf("%v\n%s", problems, stack)
	}
	return resolved.Overlay("home")
}
