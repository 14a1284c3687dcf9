package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/importer"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// importVerb makes a stack of what people run already.
type importVerb struct {
	file    string
	stdout  bool
	dryRun  bool
	format  format
	options importer.Options
}

func newImport() *cobra.Command {
	v := &importVerb{}
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER|-...",
		Short: "Write a hearth.yaml of what runs already, with a report",
		Long: `Import reads how Ollama and Open WebUI are deployed today, writes a hearth.yaml
that does the same, and reports on every single value that it read:

  carried          it is in the stack as it was
  changed          it is in another form, or another field serves it; and why
  default          it needs no field: hearth does so anyway
  not expressible  it is in no field; and what to do about it

It reads, by what is in the files and not by their names:

  values of the charts otwld/ollama-helm, open-webui/open-webui and bjw-s'
  app-template; a Flux HelmRelease or an Argo CD Application of one of them;
  Deployments, StatefulSets and the Services, Ingresses, HTTPRoutes and
  IngressRoutes that lead to them; a folder of these, or of kustomize.

What is written renders, and hearth's rules accept it: a value that they refuse
is replaced or left out, and the report has the rule's words. A secret in clear
is never written: a reference stands in its place. No cluster and no network is
asked. What another file or a Secret says cannot be seen; the report tells.

The chart's own claims stay behind: read the notes on volumes before you deploy.`,
		Example: `  hearth import kubernetes/apps/ai               a folder of Flux, read only
  hearth import ollama.yaml open-webui.yaml --dry-run
  helm get values ollama | hearth import - --chart ollama --namespace ai
  kustomize build overlays/prod | hearth import - --stdout
  hearth import apps/ai --substitute SECRET_DOMAIN=example.org
  hearth import apps/ai --dry-run -o json | jq '.rows[].kind' | sort | uniq -c`,
		Args: cobra.MinimumNArgs(1),
		RunE: v.run,
	}
	flags := cmd.Flags()
	flags.StringVarP(&v.file, "file", "f", stackFile, "the file to write")
	flags.BoolVar(&v.stdout, "stdout", false, "print the stack instead, and the report on stderr")
	flags.BoolVar(&v.dryRun, "dry-run", false, "write nothing: report alone")
	v.format.addFlag(cmd, "`text`, or json, which has the stack in it too")
	flags.StringVar(&v.options.Name, "name", "", "the `name` of the stack and of its overlay (default: the namespace)")
	flags.StringVar(&v.options.Namespace, "namespace", "", "the `namespace` of what names none (default: ai)")
	flags.StringVar(&v.options.Chart, "chart", "", "the `chart` of a file of values that does not tell: "+strings.Join(importer.Charts, ", "))
	flags.StringToStringVar(&v.options.Substitute, "substitute", nil, "the values of Flux' variables, such as `SECRET_DOMAIN=example.org`")
	complete(cmd, "chart", importer.Charts...)
	cmd.MarkFlagsMutuallyExclusive("stdout", "file", "dry-run")
	return cmd
}

// importReport is what import says as JSON.
type importReport struct {
	*importer.Result
	// Stack is the text of the hearth.yaml.
	Stack string `json:"stack,omitempty"`
	// Written is the file; "" if there is none.
	Written string `json:"written,omitempty"`
}

func (v *importVerb) run(cmd *cobra.Command, args []string) error {
	if v.options.Chart != "" && !slices.Contains(importer.Charts, v.options.Chart) {
		return fmt.Errorf("--chart %q: want %s", v.options.Chart, strings.Join(importer.Charts, ", "))
	}
	writes := !v.stdout && !v.dryRun
	if _, err := os.Lstat(v.file); err == nil && writes {
		return fmt.Errorf("%s is there already and is left alone; write another with -f, or look at one with --stdout or --dry-run", v.file)
	}
	v.options.Schema = schemaURL()
	files, err := importFiles(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	var result *importer.Result
	if spent := budget.Within("reading them", func() { result, err = importer.Import(files, v.options) }); spent != nil {
		return fmt.Errorf("%w; give fewer files at a time", spent)
	}
	if err != nil {
		return err
	}
	report := importReport{Result: result, Stack: string(result.Stack)}
	if writes && result.Stack != nil && result.Problems.Err() == nil {
		if err := create(v.file, result.Stack); err != nil {
			return err
		}
		report.Written = v.file
	}
	if err := v.print(cmd.OutOrStdout(), cmd.ErrOrStderr(), report); err != nil {
		return err
	}
	if result.Stack == nil || result.Problems.Err() != nil {
		return errProblems
	}
	return nil
}

func (v *importVerb) print(stdout, stderr io.Writer, report importReport) error {
	said := stdout
	if v.stdout {
		said = stderr
	}
	if v.format == formatJSON {
		if err := writeJSON(said, report); err != nil {
			return err
		}
	} else if _, err := io.WriteString(said, report.Text()); err != nil {
		return err
	}
	if v.stdout {
		if _, err := io.WriteString(stdout, report.Stack); err != nil {
			return err
		}
	}
	switch {
	case report.Result.Stack == nil:
		fmt.Fprint(stderr, lines(stderr, "hearth: ", "nothing in it runs Ollama or Open WebUI, as far as hearth can tell; nothing was written"))
	case report.Written != "":
		render := "hearth render"
		if v.file != stackFile {
			render += " -f " + v.file
		}
		fmt.Fprintf(stderr, "%s\nwrote %s; next: %s --dry-run\n", report.Summary(), v.file, render)
	case report.Problems.Err() != nil:
		fmt.Fprintf(stderr, "%s\n%s", report.Summary(), lines(stderr, "hearth: ", "the stack would have problems, and was not written; --stdout shows it"))
	default:
		fmt.Fprintln(stderr, report.Summary())
	}
	return nil
}

// maxImported is how many files are read at most, and how large they may be.
const (
	maxImported      = 2000
	maxImportedBytes = 8 << 20
)

// importFiles reads what the arguments name: files, - for stdin, and of folders
// what may be YAML.
func importFiles(stdin io.Reader, args []string) ([]importer.File, error) {
	var files []importer.File
	total := 0
	add := func(name string, data []byte, err error) error {
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		files = append(files, importer.File{Name: name, Data: data})
		if total += len(data); len(files) > maxImported || total > maxImportedBytes {
			return fmt.Errorf("more than %d files or %d MiB; give the folder of Ollama and Open WebUI alone", maxImported, maxImportedBytes>>20)
		}
		return nil
	}
	for _, arg := range args {
		if arg == "-" {
			data, err := yamllimit.Read(stdin)
			if err := add("stdin", data, err); err != nil {
				return nil, err
			}
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			data, err := read(arg, yamllimit.MaxBytes)
			if err := add(filepath.ToSlash(arg), data, err); err != nil {
				return nil, err
			}
			continue
		}
		found := len(files)
		err = filepath.WalkDir(arg, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != arg && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case !d.Type().IsRegular() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)) && d.Name() != "Kustomization":
				return nil
			}
			data, err := read(name, yamllimit.MaxBytes)
			return add(filepath.ToSlash(name), data, err)
		})
		if err != nil {
			return nil, err
		}
		if len(files) == found {
			return nil, errors.New(arg + " has no file of YAML in it")
		}
	}
	return files, nil
}
