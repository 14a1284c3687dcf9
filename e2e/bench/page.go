//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/origin"
	"github.com/hearth-dev/hearth/internal/testing/pinned"
)

// place is where and of what the figures are. Load is what waited for a
// processor over the last minute, before and after.
type place struct {
	commit, machine string
	load            [2]string
}

func placeOf(ctx context.Context, o options) (place, error) {
	commit, err := origin.Commit(ctx, o.dir)
	at := place{commit: commit, machine: fmt.Sprintf("%d cores (%s), %s", runtime.NumCPU(), runtime.GOARCH, runtime.GOOS)}
	if m, err := origin.ThisMachine(); err == nil { // on Linux
		at.machine = m.String()
	}
	return at, err
}

func (p place) String() string {
	return fmt.Sprintf("Commit %s; machine: %s; load %s before and %s after; %s", p.commit, p.machine, p.load[0], p.load[1], runtime.Version())
}

// load is the average of the last minute.
func load() string {
	averages, err := origin.LoadAverages()
	if err != nil {
		return "unknown"
	}
	return averages[0]
}

// table is the figures as Markdown.
func table(at place, o options, rows []row, sizes []size) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s; kustomize %s; medians of %d rounds, and of the ratio the quartiles.\n\n", at, pinned.KustomizeVersion, o.rounds)
	out.WriteString("| what | processor | wall | peak memory | beside | processor | wall | peak memory | ratio | goal |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		goal := ""
		if r.goal > 0 {
			goal = "at most " + chart.Number(r.goal)
		}
		q := r.ratio()
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s | %s | %.2f (%.2f to %.2f) | %s |\n",
			r.own.name, milliseconds(r.own.median(cpu)), milliseconds(r.own.median(wall)), mebibytes(r.own.median(peak)),
			r.peer.name, milliseconds(r.peer.median(cpu)), milliseconds(r.peer.median(wall)), mebibytes(r.peer.median(peak)), q[1], q[0], q[2], goal)
	}
	if len(o.charts) == 0 {
		out.WriteString("| `hearth render` | | | | `helm template`: not measured, no chart was given by `--chart` | | | | | warm at most 0.2, cold at most 0.5 |\n")
	}
	out.WriteString("\n| program, as released | size | goal |\n|---|---|---|\n")
	for _, s := range sizes {
		fmt.Fprintf(&out, "| %s | %.1f MB | at most %d MB |\n", s.name, float64(s.bytes)/1e6, s.goal/1e6)
	}
	return out.String()
}

func cpu(s sample) float64  { return float64(s.cpu) }
func wall(s sample) float64 { return float64(s.wall) }
func peak(s sample) float64 { return float64(s.peak) }

func milliseconds(nanoseconds float64) string {
	return fmt.Sprintf("%.1f ms", nanoseconds/float64(time.Millisecond))
}

// mebibytes is empty for what no process of its own took.
func mebibytes(bytes float64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f MiB", bytes/(1<<20))
}

// between are the lines of the page that a table stands between, by the flag that gives it.
func between(flag string) (begin, end string) {
	command := strings.TrimSpace("go run ./e2e/bench " + flag)
	return "<!-- " + command + ": begin -->\n", "<!-- " + command + ": end -->\n"
}

// writePage replaces the table in docs/benchmarks.md, and the plot.
func writePage(dir, text string, rows []row) error {
	if err := writeTable(dir, "", text); err != nil {
		return err
	}
	svg, err := picture(rows)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "docs", "benchmarks.svg"), svg, 0o644)
}

// writeTable replaces the table of a flag in docs/benchmarks.md.
func writeTable(dir, flag, text string) error {
	path := filepath.Join(dir, "docs", "benchmarks.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := between(flag)
	head, rest, ok := bytes.Cut(page, []byte(begin))
	_, tail, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return fmt.Errorf("%s: want the lines %q and %q around the table", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%s%s\n%s\n%s%s", head, begin, text, end, tail), 0o644)
}

// picture shows the processor time of each program.
func picture(rows []row) ([]byte, error) {
	var bars []chart.Bar
	add := func(s *subject, group string) {
		label := strings.ReplaceAll(s.name, "`", "")
		for _, b := range bars {
			if b.Label == label {
				return
			}
		}
		bars = append(bars, chart.Bar{Label: label, Value: s.median(cpu) / float64(time.Millisecond), Group: group})
	}
	for _, r := range rows {
		add(r.own, "hearth")
		add(r.peer, "beside it")
	}
	return chart.Bars("Processor time from exec to exit, or of one call", "ms", bars)
}
