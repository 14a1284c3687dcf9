package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/columns"
)

// Kinds are the fates in the order of a report: what wants a person first.
func Kinds() []Kind { return []Kind{NotExpressible, Changed, Carried, Default} }

// headings say what each fate means.
var headings = map[Kind]string{
	NotExpressible: "in no field of the stack",
	Changed:        "in another form, or served by another field",
	Carried:        "as it was",
	Default:        "needs no field",
}

// Text is the report for a person: every value, by file, in groups that met the
// same fate for the same reason.
func (r *Result) Text() string {
	var b strings.Builder
	for _, kind := range Kinds() {
		if r.Count(kind) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %s (%d)\n", kind, headings[kind], r.Count(kind))
		file := ""
		for _, g := range r.groups(kind) {
			if g[0].File != file {
				file = g[0].File
				b.WriteString(columns.Hang(columns.Width, "  ", file))
			}
			b.WriteString(g.text())
		}
		b.WriteString("\n")
	}
	for _, note := range r.Notes {
		b.WriteString(columns.Hang(columns.Width, "note: ", note))
	}
	for _, p := range r.Problems {
		b.WriteString(columns.Hang(columns.Width, string(p.Severity)+": ", p.String()))
	}
	return b.String()
}

// group is values that met the same fate for the same reason.
type group []Row

func (r *Result) groups(kind Kind) []group {
	var groups []group
	places := map[[4]string]int{}
	for _, row := range r.Rows {
		if row.Kind != kind {
			continue
		}
		key := [4]string{row.File, row.To, row.Why, row.Fix}
		if kind == Carried {
			key[1] = "" // each row names its own
		}
		i, there := places[key]
		if !there {
			i = len(groups)
			places[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	var files []string
	for _, g := range groups {
		files = append(files, g[0].File)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return slices.Index(files, a[0].File) - slices.Index(files, b[0].File) })
	return groups
}

func (g group) text() string {
	var b strings.Builder
	first := g[0]
	for _, row := range g {
		head, text := "    ", row.Path+": "+row.Value
		if row.Line > 0 {
			head = fmt.Sprintf("    %d: ", row.Line)
		}
		if row.Kind == Carried && row.To != "" {
			text += " -> " + row.To
		}
		b.WriteString(columns.Hang(columns.Width, head, text))
	}
	var why []string
	if first.Kind != Carried && first.To != "" {
		why = append(why, "-> "+first.To)
	}
	for _, text := range []string{first.Why, first.Fix} {
		if text != "" {
			why = append(why, text)
		}
	}
	if why = slices.Compact(why); len(why) > 0 {
		b.WriteString(columns.Hang(columns.Width, "        ", strings.Join(why, "; ")))
	}
	return b.String()
}

// Summary counts the values by their fate.
func (r *Result) Summary() string {
	return fmt.Sprintf("%d values: %d carried, %d changed, %d need no field, %d not expressible",
		len(r.Rows), r.Count(Carried), r.Count(Changed), r.Count(Default), r.Count(NotExpressible))
}
