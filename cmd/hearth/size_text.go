package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/sizing"
)

func (v *sizeVerb) write(stdout, stderr io.Writer, r *sizeReport) error {
	if v.format == formatJSON {
		return writeJSON(stdout, r)
	}
	var b strings.Builder
	b.WriteString(v.table(r.Models))
	b.WriteString("\n" + v.pod(r))
	if v.explain {
		for _, m := range r.models {
			b.WriteString("\n" + explain(m, v.settings))
		}
		b.WriteString("\n" + explainPod(r))
	}
	b.WriteString(snippet(r.models))
	if _, err := io.WriteString(stdout, b.String()); err != nil {
		return err
	}
	paint := painter(stderr)
	for _, w := range r.Warnings {
		fmt.Fprintln(stderr, paint.in(yellow, "warning")+": "+w)
	}
	if !r.Enough {
		fmt.Fprintf(stderr, "%s: %s of memory is too little: %s\n", paint.in(red, "error"), r.given.String(), r.Memory.Sum())
		fmt.Fprintf(stderr, "either %s,\nor %s\n", r.WaysOut[0], r.WaysOut[1])
	}
	return nil
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// table is a row for each model, as if it were alone.
func (v *sizeVerb) table(models []modelReport) string {
	rows := [][]string{{"MODEL", "PARAMS", "FORMAT", "DISK", "CONTEXT", "REQUIRED", "LIMIT", "TOKENS/S"}}
	for _, m := range models {
		speed := "-"
		if m.TokensPerSecond > 0 {
			speed = fmt.Sprintf("%.1f", m.TokensPerSecond)
		}
		rows = append(rows, []string{
			m.Name, parameters(m.Parameters), m.Quantization, sizing.MiB(m.Disk), fmt.Sprint(m.Context),
			sizing.MiB(m.Required), quantity(m.Limit), speed,
		})
	}
	return columns(rows) + fmt.Sprintf("tokens/s: at most, where memory delivers %g GB/s\n", v.bandwidth)
}

// columns lines words up: to the left in the first and third, numbers to the
// right.
func columns(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i == 0 || i == 2 {
				fmt.Fprintf(&b, "%-*s  ", widths[i], cell)
			} else {
				fmt.Fprintf(&b, "%*s  ", widths[i], cell)
			}
		}
		b.WriteString("\n")
	}
	return strings.ReplaceAll(b.String(), "  \n", "\n")
}

// pod is what all models together need, in words that a stack takes.
func (v *sizeVerb) pod(r *sizeReport) string {
	var b strings.Builder
	say := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "  %-9s %s\n", what, strings.ReplaceAll(wrap(fmt.Sprintf(format, args...), 86), "\n", "\n            "))
	}
	fmt.Fprintf(&b, "one pod, with Ollama %s and %s in memory:\n", v.settings.Version, strings.Join(r.Memory.Models, " and "))
	say("memory", "%s required, limit %s: %s", sizing.MiB(r.Memory.Required), quantity(r.Memory.Limit), r.Memory.Sum())
	switch {
	case r.Threads == 0:
		say("threads", "as many as the CPU limit has cores; say it with --cpu")
	case sizing.ReadsQuota(v.settings.Version):
		say("threads", "%d: Ollama reads them from the CPU limit, where the node has cgroup v2", r.Threads)
	default:
		say("threads", "%d, with LLAMA_ARG_THREADS: this Ollama ignores the CPU limit", r.Threads)
	}
	say("volume", "%s, at least %s, for %s of models", quantity(r.Volume.Comfortable), sizing.MiB(r.Volume.Minimum), sizing.MiB(r.Volume.Disk))
	say("timeouts", "%s to pull and start, %s to load (OLLAMA_LOAD_TIMEOUT)", seconds(r.PullDeadline), seconds(r.LoadTimeout))
	return b.String()
}

func seconds(n int) string {
	text := (time.Duration(n) * time.Second).String()
	return strings.TrimSuffix(strings.TrimSuffix(text, "0s"), "h0m")
}

// explain is a model with every part of its memory.
func explain(m sizing.Model, s sizing.Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s parameters, %s, architecture %s, %s\n", m.Name, parameters(m.Parameters), m.Quantization, m.Architecture, m.Evidence)
	for source := range strings.FieldsSeq(m.Source) {
		fmt.Fprintf(&b, "  %s\n", source)
	}
	for _, t := range sizing.ModelTerms(m, s) {
		part(&b, t.Name, sizing.MiB(t.Bytes), t.Formula, t.Source)
	}
	return b.String()
}

// explainPod is what is added for all models together.
func explainPod(r *sizeReport) string {
	var b strings.Builder
	b.WriteString("the pod:\n")
	for _, t := range r.Memory.Terms {
		if t.Model == "" {
			part(&b, t.Name, sizing.MiB(t.Bytes), t.Formula, t.Source)
		}
	}
	part(&b, "required", sizing.MiB(r.Memory.Required), r.Memory.Sum(), "")
	part(&b, "limit", quantity(r.Memory.Limit), sizing.LimitFormula(r.Memory.Required), "")
	minimum, comfortable := r.Volume.Formulas()
	part(&b, "volume from", sizing.MiB(r.Volume.Minimum), minimum, "")
	part(&b, "volume", quantity(r.Volume.Comfortable), comfortable, "")
	return b.String()
}

func part(b *strings.Builder, name, amount, formula, source string) {
	const indent = "\n                          "
	text := wrap(formula, 70)
	if source != "" {
		text += "\n" + wrap("("+source+")", 70)
	}
	fmt.Fprintf(b, "  %-12s %9s  %s\n", name, amount, strings.ReplaceAll(text, "\n", indent))
}

// wrap breaks a line between words.
func wrap(text string, width int) string {
	var b strings.Builder
	at := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case at == 0:
		case at+1+len(word) > width:
			b.WriteString("\n")
			at = 0
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}
