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

// DeviceTerms are the parts of what graphics processors hold: none where that is
// not known.
func DeviceTerms(need sizing.Need) []Row {
	if need.Device == nil {
		return nil
	}
	rows := Terms(need.Device.Terms)
	for i := range rows {
		rows[i].Name = "device: " + rows[i].Name
	}
	return rows
}

// Totals are what the parts come to, and the volume beside them.
func Totals(need sizing.Need, volume sizing.Volume) []Row {
	minimum, comfortable := volume.Formulas()
	rows := []Row{
		{"required", sizing.MiB(need.Required), need.Sum(), ""},
		{"limit", Quantity(need.Limit), sizing.LimitFormula(need.Required), ""},
	}
	if d := need.Device; d != nil {
		rows = append(rows, Row{"devices", sizing.MiB(d.Bytes), need.DeviceSum() + ", of " + Devices(d.Devices), ""})
	}
	return append(rows,
		Row{"volume from", sizing.MiB(volume.Minimum), minimum, ""},
		Row{"volume", Quantity(volume.Comfortable), comfortable, ""},
	)
}

// Replicas are what so many pods take together, each with a limit of memory and a
// volume of its own; no volume where they share one.
func Replicas(pods int, limit, volume int64) []Row {
	sum := func(name string, each int64) Row {
		return Row{fmt.Sprintf("%s of %d pods", name, pods), Quantity(int64(pods) * each), fmt.Sprintf("%d x %s", pods, Quantity(each)), ""}
	}
	rows := []Row{sum("limit", limit)}
	if volume > 0 {
		rows = append(rows, sum("volumes", volume))
	}
	return rows
}

// Devices spells what graphics processors there are.
func Devices(d sizing.Devices) string {
	return fmt.Sprintf("%d x %s", d.Count, Quantity(d.Memory))
}

// Layers say how a model is divided: 34 of 49 layers.
func Layers(d sizing.Divided) string { return fmt.Sprintf("%d of %d layers", d.Layers, d.All) }

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
