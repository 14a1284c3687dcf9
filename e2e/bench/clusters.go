//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/internal/testing/shops"
)

// fleetStep is one run over so many clusters.
type fleetStep struct {
	clusters int
	*subject
	refused string // what hearth said in place of doing it
}

// numbers of clusters, as --clusters gives them.
func numbers(text string) (all []int, err error) {
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n > 1_000_000 {
			return nil, fmt.Errorf("got %q, want numbers from 1 to 1000000, such as 1000,10000", word)
		}
		all = append(all, n)
	}
	return all, nil
}

// overClusters runs hearth over stacks of so many clusters, each step once, and says each as it ends.
func (p *programs) overClusters(ctx context.Context, progress io.Writer) ([]fleetStep, error) {
	var all []fleetStep
	for _, n := range p.clusters {
		dir := filepath.Join(p.work, fmt.Sprint("clusters-", n))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		rows := shops.Rows(n)
		write := func(name, text string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
		if err := errors.Join(write("hearth.yaml", shops.Stack), write("clusters.csv", shops.List(rows))); err != nil {
			return nil, err
		}
		for _, step := range []struct {
			name    string
			words   []string
			changed string // the first cluster's row
		}{
			{"`hearth render` into an empty folder, cold", []string{"render"}, ""},
			{"`hearth render`, nothing to write", []string{"render"}, ""},
			{"`hearth render --check`", []string{"render", "--check"}, ""},
			{"`hearth render`, one cluster changed", []string{"render"}, "shop-0,cluster-0,77m"},
			{"`hearth vet`", []string{"vet"}, ""},
		} {
			if step.changed != "" {
				rows[0] = step.changed
				if err := write("clusters.csv", shops.List(rows)); err != nil {
					return nil, err
				}
			}
			s := p.subject(step.name, p.warm(), append([]string{p.hearth}, step.words...)...)
			s.dir = dir
			done := fleetStep{clusters: n, subject: s}
			var failed *exec.ExitError
			switch err := s.once(ctx); {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case errors.As(err, &failed):
				done.refused = lastLine(err.Error())
			case err != nil:
				return nil, err
			}
			all = append(all, done)
			fmt.Fprint(progress, done.cells())
		}
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "hearth: ")
}

// cells are a step's row.
func (s fleetStep) cells() string {
	if s.refused != "" {
		return fmt.Sprintf("| %d | %s | refused: %s | | | |\n", s.clusters, s.name, strings.ReplaceAll(s.refused, "|", "\\|"))
	}
	return fmt.Sprintf("| %d | %s | %s | %s | %s | %s |\n", s.clusters, s.name, seconds(s.median(cpu)), seconds(s.median(wall)),
		mebibytes(s.median(peak)), milliseconds(s.median(cpu)/float64(s.clusters)))
}

func seconds(nanoseconds float64) string { return chart.Number(nanoseconds/1e9) + " s" }

// fleetTable is the figures as Markdown.
func fleetTable(at place, steps []fleetStep) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s; each step once.\n\n", at)
	out.WriteString("| clusters | what | processor | wall | peak memory | processor for each |\n|---|---|---|---|---|---|\n")
	for _, s := range steps {
		out.WriteString(s.cells())
	}
	return out.String()
}
