package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
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
		fmt.Fprintln(stderr, paint.in(yellow, "warning")+": "+printable.Text(w))
	}
	if !r.Enough {
		fmt.Fprintf(stderr, "%s: %s of memory is too little: %s\n", paint.in(red, "error"), r.given.String(), r.Memory.Sum())
		fmt.Fprintf(stderr, "either %s,\nor %s\n", r.WaysOut[0], r.WaysOut[1])
	}
	return nil
}

// table is a row for each model, as if it were alone.
func (v *sizeVerb) table(models []modelReport) string {
	rows := [][]string{{"MODEL", "PARAMS", "FORMAT", "DISK", "CONTEXT", "MEMORY", "LIMIT", "TOK/S"}}
	for _, m := range models {
		speed := "-"
		if m.TokensPerSecond > 0 {
			speed = fmt.Sprintf("%.1f", m.TokensPerSecond)
		}
		rows = append(rows, []string{
			m.Name, parameters(m.Parameters), m.Quantization, quantity(m.Disk), fmt.Sprint(m.Context),
			quantity(m.Required), quantity(m.Limit), speed,
		})
	}
	return columns.Table(rows) + fmt.Sprintf("tokens/s: at most, where memory delivers %g GB/s\n", v.bandwidth)
}

// pod is what all models together need, in words that a stack takes.
func (v *sizeVerb) pod(r *sizeReport) string {
	var rows [][]string
	say := func(what, format string, args ...any) {
		rows = append(rows, []string{"  " + what, fmt.Sprintf(format, args...)})
	}
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
	head := fmt.Sprintf("one pod, with Ollama %s and %s in memory:", v.settings.Version, strings.Join(r.Memory.Models, " and "))
	return columns.Hang(columns.Width, "", head) + columns.Table(rows)
}

func seconds(n int) string {
	text := (time.Duration(n) * time.Second).String()
	return strings.TrimSuffix(strings.TrimSuffix(text, "0s"), "h0m")
}

// explain is a model with every part of its memory.
func explain(m sizing.Model, s sizing.Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s parameters, %s, architecture %s, %s\n", printable.Text(m.Name), parameters(m.Parameters), m.Quantization, m.Architecture, m.Evidence)
	for source := range strings.FieldsSeq(m.Source) {
		fmt.Fprintf(&b, "  %s\n", printable.Text(source))
	}
	return b.String() + columns.Table(parts(sizing.ModelTerms(m, s)))
}

// explainPod is what is added for all models together.
func explainPod(r *sizeReport) string {
	models := func(t sizing.Term) bool { return t.Model != "" }
	rows := parts(slices.DeleteFunc(slices.Clone(r.Memory.Terms), models))
	minimum, comfortable := r.Volume.Formulas()
	rows = append(rows,
		[]string{"  required", sizing.MiB(r.Memory.Required), r.Memory.Sum()},
		[]string{"  limit", quantity(r.Memory.Limit), sizing.LimitFormula(r.Memory.Required)},
		[]string{"  volume from", sizing.MiB(r.Volume.Minimum), minimum},
		[]string{"  volume", quantity(r.Volume.Comfortable), comfortable},
	)
	return "the pod:\n" + columns.Table(rows)
}

// parts are rows of a name, an amount, and where it comes from.
func parts(terms []sizing.Term) (rows [][]string) {
	for _, t := range terms {
		rows = append(rows, []string{"  " + t.Name, sizing.MiB(t.Bytes), t.Formula})
		if t.Source != "" {
			rows = append(rows, []string{"", "", "(" + t.Source + ")"})
		}
	}
	return rows
}
