package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/printable"
)

// overlaysText is what changes, in words.
func overlaysText(all []diff.Overlay, paint paint) string {
	var b strings.Builder
	for _, o := range all {
		if o.Op == diff.Same {
			continue
		}
		b.WriteString(columns.Hang(columns.Width, "", headline(o)))
		if o.Unknown != "" {
			b.WriteString(columns.Hang(columns.Width, "  ", o.Unknown))
		}
		b.WriteString(effectsText(o.Effects, "  ", paint))
		for _, g := range grouped(o) {
			title := strings.TrimSuffix(columns.Hang(columns.Width, "  ", g.title()), "\n")
			b.WriteString(paint.change(g.op, title) + "\n")
			for _, f := range g.shown() {
				b.WriteString(columns.Hang(columns.Width, "    ", f.text()))
			}
			if n := len(g.fields) - len(g.shown()); n > 0 {
				fmt.Fprintf(&b, "    and %s; see them with: -o yaml\n", count(n, "more field"))
			}
			b.WriteString(effectsText(g.effects, "    ", paint))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// effectsText is a line for each effect: its level, and what it is.
func effectsText(effects []diff.Effect, indent string, paint paint) string {
	var b strings.Builder
	for _, e := range effects {
		head := fmt.Sprintf("%s%-9s", indent, e.Level)
		line := columns.Hang(columns.Width, head, e.Text)
		b.WriteString(paint.level(e.Level, head) + strings.TrimPrefix(line, head))
	}
	return b.String()
}

func (p paint) level(l diff.Level, text string) string {
	switch l {
	case diff.Refused, diff.Data:
		return p.in(red, text)
	case diff.Down, diff.Opens:
		return p.in(yellow, text)
	}
	return text
}

func (p paint) change(op diff.Op, text string) string {
	switch op {
	case diff.Created:
		return p.in(green, text)
	case diff.Deleted:
		return p.in(red, text)
	}
	return text
}

// headline says what becomes of an overlay.
func headline(o diff.Overlay) string {
	text := "overlay " + printable.Text(o.Name)
	if folder, isBase := strings.CutPrefix(o.Name, "bases/"); isBase {
		text = "base " + folder
	}
	switch {
	case o.Unknown != "" && o.Op == diff.Deleted:
		return text + " is gone; what it had does not build:"
	case o.Unknown != "":
		return text + ": not compared, for it does not build:"
	}
	switch o.Op {
	case diff.Created:
		text += " is new"
	case diff.Deleted:
		text += " is gone"
	case diff.Renamed:
		text += " was called " + printable.Text(o.From)
	}
	var counts []string
	for _, op := range []diff.Op{diff.Changed, diff.Created, diff.Deleted} {
		n := 0
		for _, c := range o.Objects {
			if c.Op == op {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%s %s", count(n, "object"), op))
		}
	}
	if counts == nil {
		return text + ": no object differs"
	}
	return text + ": " + strings.Join(counts, ", ")
}

// group is objects of which the same is said.
type group struct {
	op      diff.Op
	names   []string
	fields  []field
	effects []diff.Effect
}

type field diff.Field

// grouped puts objects together that come, go, or change in nothing but their
// labels, and of which the same is said. Of an overlay that comes or goes as a
// whole, what goes without saying is not.
func grouped(o diff.Overlay) []group {
	var groups []group
	for _, c := range o.Objects {
		g := group{op: c.Op, names: []string{objectName(c)}, effects: c.Effects}
		if o.Op == diff.Created || o.Op == diff.Deleted {
			g.effects = slices.DeleteFunc(slices.Clone(c.Effects), func(e diff.Effect) bool {
				return slices.Contains([]string{"in-place", "start", "policy", "gone"}, e.Rule) && e.Level == diff.Note
			})
		}
		if c.Op == diff.Changed && c.Effects[0].Rule != "labels" {
			for _, f := range c.Fields {
				g.fields = append(g.fields, field(f))
			}
			groups = append(groups, g)
			continue
		}
		i := slices.IndexFunc(groups, func(other group) bool {
			return other.op == g.op && other.fields == nil && slices.Equal(other.effects, g.effects)
		})
		if i < 0 {
			groups = append(groups, g)
		} else {
			groups[i].names = append(groups[i].names, g.names...)
		}
	}
	return groups
}

func (g group) title() string { return strings.Join(g.names, ", ") + " " + string(g.op) }

// mostFields of an object are shown in words.
const mostFields = 12

func (g group) shown() []field { return g.fields[:min(len(g.fields), mostFields)] }

// objectName is how a person asks kubectl for it.
func objectName(c diff.Change) string {
	r := c.Object
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

func (f field) text() string {
	path := strings.TrimPrefix(f.Path, "spec.template.spec.") // of a pod; what else has the names of its fields
	return fmt.Sprintf("%s: %s -> %s", path, shown(f.Old), shown(f.New))
}

// longest is how many letters of a value are shown.
const longest = 60

// shown is a value in a line.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "(none)"
	case string:
		if n := strings.Count(v, "\n"); n > 0 {
			return fmt.Sprintf("(%d lines)", n+1)
		}
		if v == "" {
			return `""`
		}
		return clipped(v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return clipped(string(data))
}

func clipped(text string) string {
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + "..."
}
