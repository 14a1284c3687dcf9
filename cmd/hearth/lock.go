package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/lock"
	"github.com/hearth-dev/hearth/internal/modelregistry"
)

// lockVerb pins the images of a stack, and its models.
type lockVerb struct {
	input
	models bool
	check  bool
	dryRun bool
	format format
}

func newLock() *cobra.Command {
	v := &lockVerb{}
	cmd := &cobra.Command{
		Use:   "lock",
		Short: "Pin every image to the digest that its tag has now",
		Long: `Lock asks the registries what the tags of the stack's images are now, mirrors
included, and writes the digests to ` + lock.Name + ` beside the stack. Render
then writes registry/repository:tag@digest: a tag that is moved changes nothing.
Commit the file, and run lock again after a change of version.

Passwords are those of docker login. A base with images: {lock: false} is left
out, and so is an image with a digest of its own. If one registry does not
answer, nothing is written.

With --models, and where the file has models already, lock asks for the digests
of models too. A pod then serves no other model: where a tag has moved, a volume
that has none yet stays without, for Ollama cannot pull by a digest. A digest in
ollama.modelDigests counts, and its registry is not asked; nor is Hugging Face,
which keeps no manifests.`,
		Example: `  hearth lock             hearth.yaml -> hearth.lock.yaml
  hearth lock --models    images and models
  hearth lock --dry-run   what would be written
  hearth lock --check     for CI: exit 1 if a tag has moved or the file is old`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return v.run(cmd) },
	}
	v.addFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&v.models, "models", false, "pin models too; false: no longer (default: where the file has models)")
	flags.BoolVar(&v.check, "check", false, "write nothing; exit 1 if the file is not what the registries say")
	flags.BoolVar(&v.dryRun, "dry-run", false, "write nothing; print the file to stdout")
	v.format.addFlag(cmd, "`text` on stderr, or json on stdout")
	cmd.MarkFlagsMutuallyExclusive("check", "dry-run")
	return cmd
}

// lockReport is what -o json prints.
type lockReport struct {
	File    string       `json:"file"`
	Images  []lock.Image `json:"images"`
	Models  []lock.Model `json:"models"`
	Current bool         `json:"current"`
	Written bool         `json:"written"`
}

func (v *lockVerb) run(cmd *cobra.Command) error {
	stack, err := v.load(cmd)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	path := filepath.Join(v.folder(), lock.Name)
	have, err := read(path, maxLock)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if old, err := lock.Parse(have); err == nil && len(old.Models) > 0 && !cmd.Flags().Changed("models") {
		v.models = true
	}
	asking := func(name string) { fmt.Fprintln(cmd.ErrOrStderr(), "asking for", name) }
	resolver := lock.Resolver{Progress: asking}
	var file lock.File
	if file.Images, err = resolver.Resolve(ctx, generator.Images(stack)); err == nil && v.models {
		file.Models, err = modelDigests(ctx, generator.Models(stack), asking)
	}
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	data, err := lock.Encode(file)
	if err != nil {
		return err
	}
	report := lockReport{File: path, Images: lock.Images(file.Images), Models: lock.Models(file.Models)}
	report.Current = string(have) == string(data)
	if !v.check && !v.dryRun && !report.Current {
		if err := replaceFile(report.File, data); err != nil {
			return err
		}
		report.Written = true
	}
	return v.print(cmd, report, data)
}

// modelDigests asks the registries of models, all of them before it gives up.
func modelDigests(ctx context.Context, models []string, asking func(name string)) (map[string]string, error) {
	digests := map[string]string{}
	var failed []error
	for _, model := range models {
		asking(model)
		name, err := modelregistry.ParseName(model)
		if err == nil {
			digests[model], err = modelregistry.Digest(ctx, name)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w; where its registry cannot be asked from here, write the digest into ollama.modelDigests", model, err))
		}
	}
	return digests, errors.Join(failed...)
}

func (v *lockVerb) print(cmd *cobra.Command, r lockReport, data []byte) error {
	switch {
	case v.format == formatJSON:
		if err := writeJSON(cmd.OutOrStdout(), r); err != nil {
			return err
		}
	case v.dryRun:
		if _, err := cmd.OutOrStdout().Write(data); err != nil {
			return err
		}
	case r.Written:
		what := count(len(r.Images), "image")
		if len(r.Models) > 0 {
			what += ", " + count(len(r.Models), "model")
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s: %s; now run: hearth render\n", r.File, what)
	case r.Current:
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is what the registries say\n", r.File)
	default:
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is not what the registries say; run: hearth lock\n", r.File)
	}
	if v.check && !r.Current {
		return errProblems
	}
	return nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".hearth-lock-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// maxLock is the size of a lock file in bytes. An image takes 150.
const maxLock = 1 << 20

// pin gives the stack's images, and its models, the digests of the lock file beside it, and says
// what is wrong with the file.
func (in *input) pin(stack *v1alpha1.Resolved) (problem.List, error) {
	path := filepath.Join(in.folder(), lock.Name)
	warn := func(format string, args ...any) problem.Problem {
		return problem.Problem{Severity: problem.Warning, File: path, Message: fmt.Sprintf(format, args...), Fix: "run: hearth lock"}
	}
	want := generator.Images(stack)
	data, err := read(path, maxLock)
	switch {
	case len(want) == 0:
		return nil, nil
	case errors.Is(err, os.ErrNotExist):
		return problem.List{warn("missing: images are named by tags, which can be moved")}, nil
	case err != nil:
		return nil, err
	}
	file, err := lock.Parse(data)
	if err != nil {
		return nil, err
	}
	var out problem.List
	compare := func(digests map[string]string, want, missing []string) {
		for _, name := range missing {
			p := warn("has no digest of %s", name)
			p.Severity = problem.Error // half a lock is taken for a whole one
			out = append(out, p)
		}
		for _, name := range slices.Sorted(maps.Keys(digests)) {
			if !slices.Contains(want, name) {
				out = append(out, warn("has %s, which the stack does not run", name))
			}
		}
	}
	compare(file.Images, want, generator.Pin(stack, file.Images))
	if len(file.Models) > 0 {
		models := generator.Models(stack)
		compare(file.Models, models, generator.PinModels(stack, file.Models))
	}
	return out, nil
}
