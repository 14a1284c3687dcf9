// Package pagetest keeps what stands in a page the same as what the code says.
package pagetest

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tables wants each text in the page, by its name, between two comments: one with
// the name and the command that makes it anew, and <!-- end -->. With update it
// writes them there.
func Tables(t *testing.T, page, command string, update bool, tables map[string]string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(data)
	for name, table := range tables {
		head := "<!-- " + name + ": " + command + " -->\n"
		before, rest, found := strings.Cut(want, head)
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		if !found || !closed {
			t.Fatalf("%s: want the line %q, and <!-- end --> below it", page, strings.TrimSpace(head))
		}
		want = before + head + table + "<!-- end -->" + after
	}
	Page(t, page, command, update, want)
}

// Page wants the page to be the text. With update it writes it.
func Page(t *testing.T, page, command string, update bool, want string) {
	t.Helper()
	if update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not up to date, run: %s (-want +got):\n%s", page, command, diff)
	}
}
