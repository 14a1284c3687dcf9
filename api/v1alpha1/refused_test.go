package v1alpha1_test

import (
	"flag"
	"github.com/hearth-dev/hearth/generator"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the problems in testdata/refused")

// TestRefused reads testdata/refused/*.txtar. A case is two files: NAME.yaml is
// a stack, NAME.txt what is wrong with it, one problem a line; no line, nothing
// wrong. A case that is only the end of a stack continues the file head, and its
// lines are counted from its own first, so that they can be found by eye.
func TestRefused(t *testing.T) {
	for _, name := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			head := ""
			if archive.Files[0].Name == "head" {
				head = string(archive.Files[0].Data)
			}
			for i, file := range archive.Files {
				topic, isCase := strings.CutSuffix(file.Name, ".yaml")
				if !isCase {
					continue
				}
				t.Run(topic, func(t *testing.T) {
					golden := &archive.Files[i+1]
					if golden.Name != topic+".txt" {
						t.Fatalf("%s.yaml is followed by %s, want %s.txt", topic, golden.Name, topic)
					}
					got := refusal(t, head, string(file.Data))
					if *update {
						golden.Data = []byte(got)
					} else if diff := cmp.Diff(string(golden.Data), got); diff != "" {
						t.Errorf("problems (-want +got):\n%s", diff)
					}
				})
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// refusal is what is wrong with a stack, one problem a line.
func refusal(t *testing.T, head, text string) string {
	t.Helper()
	if !strings.HasPrefix(text, " ") {
		head = ""
	}
	stack, problems := generator.Load("hearth.yaml", []byte(head+text))
	if (stack == nil) != (problems.Err() != nil) {
		t.Errorf("Parse returned a Stack: %t, and errors: %t; want one or the other", stack != nil, problems.Err() != nil)
	}
	if len(problems) == 0 {
		return ""
	}
	for i := range problems {
		if problems[i].Line > 0 {
			problems[i].Line -= strings.Count(head, "\n")
		}
	}
	return problems.String() + "\n"
}

func archives(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/refused/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("testdata/refused: %d archives, %v", len(names), err)
	}
	return names
}
