package vet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/vet"
)

// The page's lists of rules are made from the rules, between two comments each.
func TestPage(t *testing.T) {
	pagetest.Tables(t, "../../docs/vet.md", "go test ./internal/vet -run Page -update", *update, map[string]string{
		"rules": ruleTable(), "fleet": memberTable(t, "fleet"), "charts": chartTable(t),
	})
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
