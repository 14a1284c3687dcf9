package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/fns"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/schema"
)

// TestEveryFieldIsExplained: it is found at its path, says what it means, and
// fits a terminal.
func TestEveryFieldIsExplained(t *testing.T) {
	fields := 0
	for _, kind := range append(fns.Kinds(), "", "ConfigMap") {
		d, err := explained(kind)
		if err != nil {
			t.Fatal(err)
		}
		d.Walk(func(f schema.Field) bool {
			fields++
			found, err := d.Find(f.Path)
			if err != nil || found.Path != f.Path {
				t.Errorf("%s %s: found %q, %v", d.Kind, f.Path, found.Path, err)
			}
			if f.Meaning() == "" || f.Summary() == "" || f.Type() == "" {
				t.Errorf("%s %s: no meaning or no type", d.Kind, f.Path)
			}
			for line := range strings.Lines(f.Text(false)) {
				if utf8.RuneCountInString(line) > columns.Width+1 && !strings.HasPrefix(line, "PATH:") {
					t.Errorf("%s %s: a line of %d columns: %s", d.Kind, f.Path, utf8.RuneCountInString(line), line)
				}
			}
			return !strings.Contains(f.Path, "ffinity.") // Kubernetes' own, of which there are hundreds
		})
	}
	if fields < 500 {
		t.Errorf("%d fields were visited, there are 500 and more", fields)
	}
}
