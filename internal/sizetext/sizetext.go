// Package sizetext is the arithmetic of memory and disk as rows of a table, for a
// terminal and for a page.
package sizetext

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/sizing"
)

// Row is an amount, and where it comes from.
type Row struct {
	Name, Amount, Formula string
	// Source of the formula; "" for none.
	Source string
}

// Terms are the parts of a sum.
func Terms(terms []sizing.Term) (rows []Row) {
	for _, t := range terms {
		rows = append(rows, Row{t.Name, sizing.MiB(t.Bytes), t.Formula, t.Source})
	}
	return rows
}

// Totals are what the parts come to, and the volume beside them.
func Totals(need sizing.Need, volume sizing.Volume) []Row {
	minimum, comfortable := volume.Formulas()
	return []Row{
		{"required", sizing.MiB(need.Required), need.Sum(), ""},
		{"limit", Quantity(need.Limit), sizing.LimitFormula(need.Required), ""},
		{"volume from", sizing.MiB(volume.Minimum), minimum, ""},
		{"volume", Quantity(volume.Comfortable), comfortable, ""},
	}
}

// Quantity spells bytes as a Kubernetes quantity of memory or storage.
func Quantity(bytes int64) string {
	if bytes%(1<<30) == 0 {
		return fmt.Sprintf("%dGi", bytes>>30)
	}
	return fmt.Sprintf("%dMi", (bytes+1<<20-1)>>20)
}

// Parameters spells how large a model is, as its makers do: 135M, 3.2B.
func Parameters(n int64) string {
	if n < 999_500_000 {
		return fmt.Sprintf("%.0fM", float64(n)/1e6)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e9), ".0") + "B"
}
