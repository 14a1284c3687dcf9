package vet_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/vet"
)

const page = "../../docs/vet.md"

// The page's lists of rules are made from the rules, between two comments each.
func TestPage(t *testing.T) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := string(data)
	for name, table := range map[string]string{
		"rules": ruleTable(), "fleet": memberTable(t, "fleet"), "kube-score": memberTable(t, "kube-score"),
		"charts": chartTable(t), "critical": criticalTable(t),
	} {
		head := "<!-- " + name + ": go test ./internal/vet -run Page -update -->\n"
		before, rest, found := strings.Cut(want, head)
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		if !found || !closed {
			t.Fatalf("%s: want the line %q, and <!-- end --> below it", page, strings.TrimSpace(head))
		}
		want = before + head + table + "<!-- end -->" + after
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("%s is not up to date, run: go test ./internal/vet -run Page -update (-want +got):\n%s", page, diff)
	}
}

var cell = strings.NewReplacer("|", `\|`, "<", "&lt;")

func ruleTable() string {
	var b strings.Builder
	b.WriteString("| rule | severity | what happens without it | what to do |\n|---|---|---|---|\n")
	for _, r := range vet.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Severity, cell.Replace(r.Reason), cell.Replace(r.Fix))
	}
	return b.String()
}

func memberTable(t *testing.T, family string) string {
	t.Helper()
	r, _ := vet.FindRule(family)
	if len(r.Members) == 0 {
		t.Fatalf("%s: no members", family)
	}
	var b strings.Builder
	b.WriteString("| rule | reason |\n|---|---|\n")
	for _, m := range r.Members {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.ID, cell.Replace(m.Reason))
	}
	return b.String()
}
