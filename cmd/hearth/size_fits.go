package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/sizing"
)

// fitsReport is what --fits prints.
type fitsReport struct {
	Memory   int64          `json:"memory"`
	Settings settingsReport `json:"settings"`
	Models   []modelReport  `json:"models"`
	TooLarge []string       `json:"tooLarge,omitempty"`
}

// listFits lists the models whose memory limit is at most what is given, the
// largest first.
func (v *sizeVerb) listFits(stdout io.Writer, models []sizing.Model) error {
	r := fitsReport{Memory: v.fits.bytes(), Settings: v.settingsReport(), Models: []modelReport{}}
	r.Settings.ContextLength = 0
	slices.SortStableFunc(models, func(a, b sizing.Model) int { return cmp.Compare(b.Parameters, a.Parameters) })
	for _, m := range models {
		if context, ok := sizing.Fits(m, v.settings, r.Memory); ok {
			r.Models = append(r.Models, v.row(m, context))
		} else {
			r.TooLarge = append(r.TooLarge, m.Name)
		}
	}
	if v.format == formatJSON {
		return writeJSON(stdout, r)
	}
	var b strings.Builder
	if len(r.Models) > 0 {
		b.WriteString(v.table(r.Models))
		fmt.Fprintf(&b, "context: the longest whose limit is at most %s, with %s at a time\n", v.fits.String(), count(v.settings.NumParallel, "request"))
	}
	if len(r.TooLarge) > 0 {
		b.WriteString(columns.Hang(columns.Width, "too large for "+v.fits.String()+": ", strings.Join(r.TooLarge, ", ")))
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}
