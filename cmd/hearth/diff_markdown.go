package main

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/printable"
)

// commentLimit is how many characters a comment on GitHub may have, less some
// for what a workflow puts around.
const commentLimit = 65_536 - 1_000

// markdown is a comment on a pull request. What comes of the tree stands in code,
// where nothing of it is markup.
func (r *diffReport) markdown() string {
	words := r.markdownOf(false)
	if whole := r.markdownOf(true); len(whole) <= commentLimit {
		return whole
	}
	const more = "\nThe YAML is too long for a comment: `hearth diff -o yaml` shows it.\n"
	if len(words)+len(more) <= commentLimit {
		return words + more
	}
	const cut = "\n\nToo long for a comment: `hearth diff` shows all of it.\n"
	keep := words[:commentLimit-len(cut)]
	return keep[:strings.LastIndex(keep, "\n")] + cut
}

func (r *diffReport) markdownOf(yaml bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### hearth diff\n\n%s.\n", sentence(r.summary()))
	for _, o := range r.Overlays {
		if o.Op == diff.Same {
			continue
		}
		fmt.Fprintf(&b, "\n#### %s\n\n", code(headline(o)))
		if o.Unknown != "" {
			fmt.Fprintf(&b, "%s\n", code(o.Unknown))
		}
		markdownEffects(&b, o.Effects, "")
		for _, g := range grouped(o) {
			var names []string
			for _, name := range g.names {
				names = append(names, code(name))
			}
			fmt.Fprintf(&b, "- %s %s\n", strings.Join(names, ", "), g.op)
			for _, f := range g.shown() {
				fmt.Fprintf(&b, "  - %s\n", code(f.text()))
			}
			if n := len(g.fields) - len(g.shown()); n > 0 {
				fmt.Fprintf(&b, "  - and %s\n", count(n, "more field"))
			}
			markdownEffects(&b, g.effects, "  ")
		}
		if yaml && len(o.Objects) > 0 {
			var text strings.Builder
			for _, c := range o.Objects {
				text.WriteString(c.Diff)
			}
			fence := fence(text.String(), 3)
			fmt.Fprintf(&b, "\n<details><summary>YAML</summary>\n\n%sdiff\n%s%s\n\n</details>\n", fence, text.String(), fence)
		}
	}
	return b.String()
}

func markdownEffects(b *strings.Builder, effects []diff.Effect, indent string) {
	for _, e := range effects {
		level := string(e.Level)
		if e.Level != diff.Note {
			level = "**" + level + "**"
		}
		fmt.Fprintf(b, "%s- %s: %s\n", indent, level, prose(e.Text))
	}
}

// sentence begins with a capital letter.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// prose is a sentence of ours with values in it: what GitHub would make a link, a
// mention or markup of stands in code.
func prose(text string) string {
	if strings.ContainsAny(text, "@#<>&`[]\\*_|~$") || strings.Contains(text, "://") || strings.Contains(text, "www.") {
		return code(text)
	}
	return printable.Text(text)
}

// code is text that markdown takes for nothing else.
func code(text string) string {
	text = strings.Join(strings.Fields(printable.Text(text)), " ")
	ticks := fence(text, 1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return ticks + text + ticks
}

// fence is more backticks in a row than the text has, and so many at least.
func fence(text string, least int) string {
	ticks := strings.Repeat("`", least)
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks
}
