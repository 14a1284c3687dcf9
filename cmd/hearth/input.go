package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/proven"
	"github.com/hearth-dev/hearth/internal/resolve"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// stackFile is what every verb reads without --file.
const stackFile = "hearth.yaml"

// input is the stack that a verb works on, as the flags name it.
type input struct {
	file  string // - is stdin
	found string // where it was found, if nobody named it
	read  resolve.File
}

func (in *input) addFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&in.file, "file", "f", stackFile, "the stack to read, here or in a folder above; - is stdin")
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json") // fails only for a flag that does not exist
	cmd.PreRun = func(cmd *cobra.Command, _ []string) { in.find(cmd) }
}

// find looks for a stack that nobody named: in the folder and those above it, up
// to the root of the repository.
func (in *input) find(cmd *cobra.Command) {
	if cmd.Flags().Changed("file") {
		return
	}
	up := "."
	for {
		if _, err := os.Stat(filepath.Join(up, stackFile)); err == nil {
			in.file = filepath.Join(up, stackFile)
			in.found = in.file
			return
		}
		dir, err := filepath.Abs(up)
		if _, git := os.Stat(filepath.Join(up, ".git")); err != nil || git == nil || dir == filepath.Dir(dir) {
			return // without one: reading it says so
		}
		up = filepath.Join(up, "..")
	}
}

// overlay is the one that the arguments name, or the only one there is.
func (in *input) overlay(stack *v1alpha1.Resolved, args []string) (string, error) {
	names := overlayNames(stack)
	switch {
	case len(names) == 0:
		return "", fmt.Errorf("%s has no overlays; add one under spec.overlays", in.name())
	case len(args) == 0 && len(names) == 1:
		return names[0], nil
	case len(args) == 0:
		return "", fmt.Errorf("name one OVERLAY of %s: %s", in.name(), spelling.List(names))
	case !slices.Contains(names, args[0]):
		return "", fmt.Errorf("no overlay %q in %s; there are: %s", args[0], in.name(), spelling.List(names))
	}
	return args[0], nil
}

// folder is where the stack lives, and so where its tree goes by default.
func (in *input) folder() string {
	if in.file == "-" {
		return "."
	}
	return filepath.Dir(in.file)
}

// name is what messages call the stack.
func (in *input) name() string {
	if in.file == "-" {
		return "stdin"
	}
	return in.file
}

// tooMuch stops reading a file that never ends; far above what Parse accepts.
const tooMuch = 16 << 20

// parse reads the stack. An error means that it could not be read at all.
func (in *input) parse(stdin io.Reader) (*v1alpha1.Resolved, problem.List, error) {
	data, err := in.bytes(stdin)
	if err != nil {
		return nil, nil, err
	}
	in.read = resolve.Read(in.name(), data, in.list)
	return in.read.Stack, in.read.Problems, nil
}

// list reads a file of items that a template names. A link that leads out of the
// folder is not followed.
func (in *input) list(name string) ([]byte, error) {
	root, err := os.OpenRoot(in.folder())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a pipe would never end
		return nil, fmt.Errorf("%s is no regular file", name)
	case info.Size() > document.MaxCSV:
		return nil, fmt.Errorf("%s has %.1f MiB, at most %d MiB is read", name, float64(info.Size())/(1<<20), document.MaxCSV>>20)
	}
	return root.ReadFile(filepath.FromSlash(name))
}

// generate is [generator.Generate] with what earlier runs have proven.
func generate(stack *v1alpha1.Resolved) ([]generator.File, problem.List) {
	memory := proven.Open()
	defer memory.Close()
	return generator.GenerateWith(memory, stack)
}

// load is the stack for a verb that cannot go on without one: it prints what is
// wrong with it.
func (in *input) load(cmd *cobra.Command) (*v1alpha1.Resolved, error) {
	stack, problems, err := in.parse(cmd.InOrStdin())
	if err == nil && stack == nil {
		err = printProblems(cmd.ErrOrStderr(), problems)
	}
	return stack, err
}

// loadPinned is the stack with the digests of its lock file.
func (in *input) loadPinned(cmd *cobra.Command) (*v1alpha1.Resolved, error) {
	stack, err := in.load(cmd)
	if err != nil {
		return nil, err
	}
	pinned, err := in.pin(stack)
	if err == nil && pinned.Err() != nil {
		err = printProblems(cmd.ErrOrStderr(), pinned.Errors())
	}
	return stack, err
}

// place says where in the file problems of the resolved stack stand.
func (in *input) place(problems problem.List) problem.List { return in.read.Place(problems) }

func (in *input) bytes(stdin io.Reader) (data []byte, err error) {
	if in.file == "-" {
		data, err = io.ReadAll(io.LimitReader(stdin, tooMuch))
	} else {
		data, err = read(in.file, tooMuch)
	}
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("%w; write one with: hearth init", err)
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", in.name(), err)
	}
	return data, nil
}
