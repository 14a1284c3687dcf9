package vet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/vet"
)

// The page's tables are made from the rules, between two comments each.
func TestPage(t *testing.T) {
	pagetest.Tables(t, "../../docs/vet.md", "go test ./internal/vet -run Page -update", *update, map[string]string{
		"fleet": memberTable(t, "fleet"), "charts": chartTable(t),
	})
}

var cell = strings.NewReplacer("|", `\|`, "<", "&lt;")

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
