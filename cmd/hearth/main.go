// Hearth turns one file, hearth.yaml, into Kustomize bases and overlays and a
// Fleet bundle that put a private AI service on Kubernetes.
//
// The verbs are thin: what they do is in packages generator and internal. This
// package reads flags and files, and prints: what a script may read to stdout,
// everything else to stderr.
package main

import (
	"io"
	"os"

	"github.com/hearth-dev/hearth/internal/budget"
)

func main() {
	budget.Collect()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program as a function of its arguments and streams.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(root.Execute(), stderr)
}
