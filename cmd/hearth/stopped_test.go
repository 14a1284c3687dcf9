package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/disk"
)

// stopRender writes a stack's tree as far as a file, and stops there, as a kill
// between two renames does: stopped hearth.yaml overlays/lab/kustomization.yaml.
// A folder that comes to stand at the file's place stops it.
func stopRender(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: stopped STACK FILE")
	}
	stack, problems := generator.Load(args[0], []byte(ts.ReadFile(args[0])))
	ts.Check(problems.Err())
	files, problems := generator.Generate(stack)
	ts.Check(problems.Err())
	plan, err := disk.Compare(ts.MkAbs("."), files)
	ts.Check(err)
	file := ts.MkAbs(args[1])
	old, err := os.ReadFile(file)
	ts.Check(err)
	ts.Check(os.Remove(file))
	ts.Check(os.MkdirAll(filepath.Join(file, "obstacle"), 0o755))
	if plan.Apply(context.Background()) == nil {
		ts.Fatalf("nothing stopped at %s", args[1])
	}
	ts.Check(os.RemoveAll(file))
	ts.Check(os.WriteFile(file, old, 0o600))
}
