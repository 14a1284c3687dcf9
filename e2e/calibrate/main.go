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
	"strings"
	"syscall"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `calibrate measures what Ollama needs and holds hearth's sizing against it.

Usage: go run ./e2e/calibrate memory|limits|threads|parallel|chat|page [flags]

  --ollama VERSION  the one to measure: 0.23.2 (default) or 0.34.0
  --only TEXT   measure only the rows whose name holds TEXT
  --new         leave out rows that were measured before
  --list        list the rows, measure nothing
  --logs DIR    keep Ollama's log of every row there
  --dir DIR     the checkout to read from and write to; default: the current folder
`

type options struct {
	only, logs, dir string
	release         ollama.Release
	onlyNew, list   bool
}

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	verbs := map[string]func(*bench, context.Context) error{
		"memory": (*bench).memory, "limits": (*bench).limits, "threads": (*bench).threads, "parallel": (*bench).parallel, "chat": (*bench).chat,
		"page": func(*bench, context.Context) error { return nil }, // measures nothing: the page is written after every verb
	}
	o := options{release: ollama.Deployed}
	flags := flag.NewFlagSet("calibrate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("ollama", "", func(version string) (err error) {
		o.release, err = ollama.Named(version)
		return err
	})
	flags.StringVar(&o.only, "only", "", "")
	flags.StringVar(&o.logs, "logs", "", "")
	flags.StringVar(&o.dir, "dir", ".", "")
	flags.BoolVar(&o.onlyNew, "new", false, "")
	flags.BoolVar(&o.list, "list", false, "")
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	switch err := flags.Parse(args[1:]); {
	case errors.Is(err, flag.ErrHelp) || args[0] == "--help":
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "calibrate: %v\n\n%s", err, usage)
		return 2
	}
	measure, ok := verbs[args[0]]
	if !ok || flags.NArg() > 0 {
		fmt.Fprintf(stderr, "calibrate: %s: want one of memory, limits, threads, parallel, chat, page\n\n%s", strings.Join(args, " "), usage)
		return 2
	}
	data, err := read(filepath.Join(o.dir, dataFile(o.release.Version)))
	if err == nil {
		b := &bench{options: o, data: data, out: stdout, err: stderr}
		err = errors.Join(measure(b, ctx), b.close())
		if err == nil && !o.list {
			err = b.page(ctx)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "calibrate:", err)
		return 1
	}
	return 0
}
