package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/sizing"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// found is what a source says of a model.
type found struct {
	sizing.Model
	// whole is true where DiskBytes and Digest are the model's as Ollama reports
	// them, false where DiskBytes is the weights' alone.
	whole bool
}

// source is where models are read.
type source interface {
	// read returns an error that is fs.ErrNotExist for a model it does not have.
	read(ctx context.Context, name string) (found, error)
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		fmt.Fprintln(stderr, "usage: checkcatalogue https://REGISTRY|FOLDER [MODEL...]")
		return 2
	}
	rows, err := choose(args[1:])
	if err != nil {
		fmt.Fprintln(stderr, "checkcatalogue:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := open(args[0])
	compared, differing := 0, 0
	for _, row := range rows {
		got, err := s.read(ctx, row.Name)
		if err != nil {
			// The path that is missing is no news.
			if errors.Is(err, fs.ErrNotExist) {
				err = fs.ErrNotExist
			}
			fmt.Fprintf(stdout, "%-24s missing  %v\n", row.Name, err)
			continue
		}
		compared++
		differences := compare(row, got)
		if len(differences) == 0 {
			fmt.Fprintf(stdout, "%-24s ok       %s\n", row.Name, scope(row, got))
			continue
		}
		differing++
		fmt.Fprintf(stdout, "%-24s differs  %s\n", row.Name, strings.Join(differences, "; "))
	}
	fmt.Fprintf(stdout, "%d of %d rows compared, %d differ\n", compared, len(rows), differing)
	switch {
	case compared == 0:
		return 2
	case differing > 0:
		return 1
	}
	return 0
}

// choose returns the named rows, or all.
func choose(names []string) (rows []sizing.Model, err error) {
	if len(names) == 0 {
		return sizing.Catalogue(), nil
	}
	for _, name := range names {
		m, ok := sizing.Lookup(name)
		if !ok {
			return nil, fmt.Errorf("no row %q; near it: %s", name, cmp.Or(strings.Join(sizing.Nearest(name), ", "), "none"))
		}
		rows = append(rows, m)
	}
	return rows, nil
}

func open(where string) source {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		return registry(strings.TrimSuffix(where, "/"))
	}
	if _, err := os.Stat(filepath.Join(where, "manifests")); err == nil {
		return store(where)
	}
	return folder(where)
}
