// Hearth-fn is hearth as a KRM function: it reads a ResourceList on standard
// input and writes one to standard output. --help prints what it is, and
// explain the fields of its functionConfig.
package main

import (
	"bytes"
	_ "embed" // the help
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/term"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/fns"
	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/schema"
)

// help is what `kpt fn doc` shows.
//
//go:embed help.txt
var help string

func main() {
	budget.Collect()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program as a function of its arguments and streams.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		fmt.Fprint(stdout, help)
		return 0
	case len(args) == 2 && (args[0] == "--help" || args[0] == "-h" || args[0] == "explain"):
		text, err := explain(args[1])
		if err != nil {
			fmt.Fprintln(stderr, "hearth-fn:", err)
			return 1
		}
		fmt.Fprint(stdout, text)
		return 0
	case len(args) > 0:
		fmt.Fprintf(stderr, "hearth-fn: got the argument %q, but everything comes on standard input; see hearth-fn --help\n", args[0])
		return 1
	}
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintln(stderr, "hearth-fn: waiting for a ResourceList on standard input; see hearth-fn --help")
	}
	start, err := io.ReadAll(io.LimitReader(stdin, small))
	if err != nil {
		fmt.Fprintln(stderr, "hearth-fn: reading the ResourceList:", err)
		return 1
	}
	if len(start) < small {
		debug.SetGCPercent(400)
	}
	var list, messages bytes.Buffer
	over := budget.Within("the list", func() { err = fns.Run(io.MultiReader(bytes.NewReader(start), stdin), &list, &messages) })
	if over != nil {
		fmt.Fprintf(stderr, "hearth-fn: %v; run it on fewer resources\n", over)
		return 1
	}
	_, failed := stdout.Write(list.Bytes())
	_, _ = stderr.Write(messages.Bytes())
	if failed != nil {
		fmt.Fprintln(stderr, "hearth-fn: writing the ResourceList:", failed)
	}
	if err != nil || failed != nil {
		return 1
	}
	return 0
}

// explain says what a field of a kind's config means; of the kind alone, which
// fields its spec has.
func explain(what string) (string, error) {
	kind, path, _ := strings.Cut(what, ".")
	document, err := schema.FunctionStack()
	if kind != v1alpha1.Kind {
		config := fns.Config(kind)
		if config == nil {
			return "", fmt.Errorf("no kind %q; there are: %s", kind, strings.Join(fns.Kinds(), ", "))
		}
		document, err = schema.Of(kind, config)
	}
	if err != nil {
		return "", err
	}
	if path == "" && kind != "ConfigMap" {
		path = "spec"
	}
	field, err := document.Find(path)
	if err != nil {
		return "", err
	}
	return field.Text(false), nil
}

// small is the length of a list of which there is little to collect: a call
// lives for ten milliseconds then, of which the garbage collector takes two.
const small = 1 << 20
