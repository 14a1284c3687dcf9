package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/internal/sizetext"
	"github.com/hearth-dev/hearth/sizing"
)

func (v *sizeVerb) write(stdout, stderr io.Writer, r *sizeReport) error {
	if v.format == formatJSON {
		return writeJSON(stdout, r)
	}
	var b strings.Builder
	b.WriteString(v.table(r.Models))
	b.WriteString("\n")
	if r.Shape != nil {
		b.WriteString(r.Shape.text())
	}
	b.WriteString(v.pod(r))
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
	if complaint := r.Shape.complaint(); complaint != "" {
		fmt.Fprint(stderr, paint.in(red, "error")+": "+complaint)
	}
	if !r.Enough {
		fmt.Fprintf(stderr, "%s: %s of memory is too little: %s\n", paint.in(red, "error"), r.given.String(), r.Memory.Sum())
		fmt.Fprintf(stderr, "either %s,\nor %s\n", r.WaysOut[0], r.WaysOut[1])
	}
	return nil
}

// table is a row for each model, as if it were alone; a name too long for a line's
// 80 columns stands above it.
func (v *sizeVerb) table(models []modelReport) string {
	longName := 21
	rows := [][]string{{"MODEL", "PARAMS", "FORMAT", "DISK", "CONTEXT", "MEMORY", "LIMIT", "TOK/S"}}
	if v.vram > 0 {
		longName = 16
		rows[0] = []string{"MODEL", "DISK", "CONTEXT", "DEVICE", "LAYERS", "MEMORY", "LIMIT", "TOK/S"}
	}
	for _, m := range models {
		speed := "-"
		if m.TokensPerSecond > 0 {
			speed = fmt.Sprintf("%.1f", m.TokensPerSecond)
		}
		row := []string{m.Name}
		if len(m.Name) > longName {
			row[0] = ""
		}
		if v.vram > 0 {
			row = append(row, sizetext.Quantity(m.Disk), fmt.Sprint(m.Context), sizetext.Quantity(m.Device), m.Layers)
		} else {
			row = append(row, sizetext.Parameters(m.Parameters), m.Quantization, sizetext.Quantity(m.Disk), fmt.Sprint(m.Context))
		}
		rows = append(rows, append(row, sizetext.Quantity(m.Required), sizetext.Quantity(m.Limit), speed))
	}
	lines := strings.SplitAfter(columns.Table(rows), "\n")
	for i, m := range models {
		if len(m.Name) > longName {
			lines[i+1] = printable.Text(m.Name) + "\n" + lines[i+1]
		}
	}
	speed := fmt.Sprintf("at most, where memory delivers %g GB/s", v.bandwidth)
	if v.bandwidth == 0 {
		speed = "say with --bandwidth what the device's memory delivers"
	}
	return strings.Join(lines, "") + "tokens/s: " + speed + "\n"
}

// pod is what all models together need, in words that a stack takes.
func (v *sizeVerb) pod(r *sizeReport) string {
	var rows [][]string
	say := func(what, format string, args ...any) {
		rows = append(rows, []string{"  " + what, fmt.Sprintf(format, args...)})
	}
	say("memory", "%s required, limit %s: %s", sizing.MiB(r.Memory.Required), sizetext.Quantity(r.Memory.Limit), r.Memory.Sum())
	if d := r.Memory.Device; d != nil {
		say("devices", "%s hold %s: %s", sizetext.Devices(d.Devices), sizing.MiB(d.Bytes), r.Memory.DeviceSum())
	}
	switch {
	case r.Threads == 0:
		say("threads", "as many as the CPU limit has cores; say it with --cpu")
	case sizing.ReadsQuota(v.settings.Version):
		say("threads", "%d: Ollama reads them from the CPU limit, where the node has cgroup v2", r.Threads)
	default:
		say("threads", "%d, with LLAMA_ARG_THREADS: this Ollama ignores the CPU limit", r.Threads)
	}
	say("volume", "%s, at least %s, for %s of models", sizetext.Quantity(r.Volume.Comfortable), sizing.MiB(r.Volume.Minimum), sizing.MiB(r.Volume.Disk))
	if s := r.Replicas; s != nil {
		say("replicas", "%d pods: limits of %s, volumes of %s", s.Pods, sizetext.Quantity(s.Limit), sizetext.Quantity(s.Volumes))
	}
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
	fmt.Fprintf(&b, "%s: %s parameters, %s, architecture %s, %s\n", printable.Text(m.Name), sizetext.Parameters(m.Parameters), m.Quantization, m.Architecture, m.Evidence)
	for source := range strings.FieldsSeq(m.Source) {
		fmt.Fprintf(&b, "  %s\n", printable.Text(source))
	}
	need := sizing.Memory([]sizing.Model{m}, s)
	return b.String() + columns.Table(cells(append(sizetext.Terms(slices.DeleteFunc(need.Terms, ofServer)), sizetext.DeviceTerms(need)...)))
}

// explainPod is what is added for all models together.
func explainPod(r *sizeReport) string {
	rows := sizetext.Terms(slices.DeleteFunc(slices.Clone(r.Memory.Terms), func(t sizing.Term) bool { return !ofServer(t) }))
	return "the pod:\n" + columns.Table(cells(append(append(rows, sizetext.Totals(r.Memory, r.Volume)...), replicaRows(r)...)))
}

func ofServer(t sizing.Term) bool { return t.Model == "" }

// cells are the rows of a table, each source below its formula.
func cells(rows []sizetext.Row) (all [][]string) {
	for _, r := range rows {
		all = append(all, []string{"  " + r.Name, r.Amount, r.Formula})
		if r.Source != "" {
			all = append(all, []string{"", "", "(" + r.Source + ")"})
		}
	}
	return all
}

func replicaRows(r *sizeReport) []sizetext.Row {
	if r.Replicas == nil {
		return nil
	}
	return sizetext.Replicas(r.Replicas.Pods, r.Memory.Limit, r.Volume.Comfortable)
}
