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
)

// fleetStack has one base, and one overlay for each row of a list, each a bundle of its own.
const fleetStack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: shops}
spec:
  bases:
    - name: ollama
      namespace: ollama
      ollama: {models: ["llama3.2:3b"]}
  fleet: {bundles: perOverlay}
  overlays:
    - name: shops
      forEach: {file: clusters.csv}
      bases: [{name: ollama, labels: {team: shops}}]
`

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
		write := func(name, text string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
		if err := errors.Join(write("hearth.yaml", fleetStack), write("clusters.csv", clusterList(n, ""))); err != nil {
			return nil, err
		}
		for _, step := range []struct {
			name    string
			words   []string
			changed string // the first cluster's field
		}{
			{"`hearth render` into an empty folder, cold", []string{"render"}, ""},
			{"`hearth render`, nothing to write", []string{"render"}, ""},
			{"`hearth render --check`", []string{"render", "--check"}, ""},
			{"`hearth render`, one cluster changed", []string{"render"}, "77m"},
			{"`hearth vet`", []string{"vet"}, ""},
		} {
			if step.changed != "" {
				if err := write("clusters.csv", clusterList(n, step.changed)); err != nil {
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

// clusterList has a row for each cluster; changed is the first one's field, if it has another.
func clusterList(n int, changed string) string {
	var b strings.Builder
	b.WriteString("name,clusterName,overrides.ollama.ollama.keepAlive\n")
	for i := range n {
		minutes := fmt.Sprint(i%50+1, "m")
		if i == 0 && changed != "" {
			minutes = changed
		}
		fmt.Fprintf(&b, "shop-%d,cluster-%d,%s\n", i, i, minutes)
	}
	return b.String()
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
