package main

import (
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearth-dev/hearth/internal/testing/gguftest"
)

// writeGGUF makes a GGUF file from a header's text: gguf header.txt model.gguf.
func writeGGUF(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: gguf TEXT FILE")
	}
	f, err := gguftest.Parse(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(f.Write(filepath.Clean(ts.MkAbs(args[1]))))
}
