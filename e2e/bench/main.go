//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `bench measures hearth beside the programs that people would take instead.

Usage: go run ./e2e/bench [flags]

  --rounds N     how often each program runs; the medians are told. Default: 21
  --chart PATH   a chart for "helm template", beside which hearth is measured too:
                 once for each, as Ollama's and Open WebUI's. Default: the table
                 says that helm was not measured
  --helm PATH    the helm that renders them. Default: the one on the PATH
  --clusters N   measure hearth over a stack with so many clusters instead, such as
                 1000,10000: each step once, which takes some minutes for 10,000
  --write        write the table and the plot into docs/, in place of those there
  --dir DIR      the checkout to build and write to. Default: the current folder

kustomize is built from its module, at the version of the libraries in go.mod.
`

// options are the flags.
type options struct {
	rounds    int
	charts    []string
	helm, dir string
	write     bool
	clusters  []int // nil for the programs beside others
}

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&o.rounds, "rounds", 21, "")
	flags.Func("chart", "", func(path string) (err error) {
		path, err = filepath.Abs(path)
		o.charts = append(o.charts, path)
		return err
	})
	flags.Func("clusters", "", func(text string) (err error) {
		o.clusters, err = numbers(text)
		return err
	})
	flags.StringVar(&o.helm, "helm", "helm", "")
	flags.StringVar(&o.dir, "dir", ".", "")
	flags.BoolVar(&o.write, "write", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err == nil && flags.NArg() > 0:
		fmt.Fprintf(stderr, "bench: got the argument %q, want flags only\n\n%s", flags.Arg(0), usage)
		return 2
	case err == nil && o.rounds < 1:
		fmt.Fprintf(stderr, "bench: --rounds: got %d, want at least 1\n", o.rounds)
		return 2
	case err != nil:
		fmt.Fprintf(stderr, "bench: %v\n\n%s", err, usage)
		return 2
	}
	if err := o.bench(ctx, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

// bench measures, and prints or writes what it found.
func (o options) bench(ctx context.Context, stdout, stderr io.Writer) error {
	work, err := os.MkdirTemp("", "hearth-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p, err := build(ctx, o, work)
	if err != nil {
		return err
	}
	at, err := placeOf(ctx, o)
	if err != nil {
		return err
	}
	if len(o.clusters) > 0 {
		at.load[0] = load()
		steps, err := p.overClusters(ctx, stderr)
		if err != nil {
			return err
		}
		at.load[1] = load()
		text := fleetTable(at, steps)
		if !o.write {
			_, err = fmt.Fprint(stdout, text)
			return err
		}
		return writeTable(o.dir, "--clusters", text)
	}
	rows, err := p.rows(ctx)
	if err != nil {
		return err
	}
	at.load[0] = load()
	if err := measure(ctx, o.rounds, rows); err != nil {
		return err
	}
	at.load[1] = load()
	text := table(at, o, rows, p.sizes())
	if !o.write {
		_, err = fmt.Fprint(stdout, text)
		return err
	}
	return writePage(o.dir, text, rows)
}
