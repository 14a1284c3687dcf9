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

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/internal/vet"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// vetVerb looks for what would break before it does.
type vetVerb struct {
	input
	kubeconfig
	namespaces []string
	format     format
	accepted   bool
	list       bool
	explain    string
}

func newVet() *cobra.Command {
	v := &vetVerb{}
	cmd := &cobra.Command{
		Use:   "vet [OVERLAY | FOLDER | FILE | -]... [--context CONTEXT]",
		Short: "Find what would break, or stand open, before it is deployed",
		Long: `Vet builds every overlay of the stack as kustomize and as Fleet's agent do, and
looks at the objects: against the schemas of Kubernetes and of the controllers,
Pod Security "restricted", Kubernetes' own validation as far as it is to be had,
and hearth's own rules. It needs no cluster and no network.

A FOLDER is any folder of kustomize, Fleet or plain YAML, whoever wrote it; what
Flux, Argo CD or Fleet apply from it is followed within its repository. A FILE,
or - for stdin, is YAML that something else rendered. What is deployed with it
and was not seen, such as a chart, is named: it is no success to see nothing.

With --context it looks at what is in a cluster, as it is now, whoever applied
it: at the namespaces where Ollama or Open WebUI is, or at those of --namespace.
It gets and lists, and reads no Secret. What this user may not read is named as
not seen, and is not said to be missing. An OVERLAY says which namespaces, and
what its stack accepts. Rules about what the API server fills in, drops or
refuses, such as schema and drift, find nothing there.

Clean means no errors. What may be found nevertheless stands in the stack, each
with a reason; an exception that accepts nothing is itself a warning:

  spec:
    exceptions:
      - rule: node-port
        object: Service/open-webui
        reason: the router in front of the nodes has the certificate

Rules and their reasons: hearth vet --list, hearth vet --explain RULE.`,
		Example: `  hearth vet                                  all overlays of hearth.yaml
  hearth vet homelab-nginx                    one of them
  hearth vet ../their-repo/overlays/prod      a folder of kustomize
  helm template ollama otwld/ollama | hearth vet -
  hearth vet --context homelab                what is in a cluster
  hearth vet --context homelab -n ai -o json
  hearth vet --explain ollama-memory`,
		RunE: func(cmd *cobra.Command, args []string) error { return v.run(cmd, args) },
	}
	v.addFlag(cmd)
	flags := cmd.Flags()
	v.format.addFlag(cmd, "`text`, or json")
	flags.BoolVar(&v.accepted, "accepted", false, "show what exceptions accept, too")
	flags.BoolVar(&v.list, "list", false, "list the rules")
	flags.StringVar(&v.explain, "explain", "", "say why a `rule` is there, and what to do")
	v.addFlags(cmd, ", to look at what is in its cluster")
	flags.StringSliceVarP(&v.namespaces, "namespace", "n", nil, "a `namespace` of the cluster, or several with commas (default: those where Ollama or Open WebUI is)")
	cmd.MarkFlagsMutuallyExclusive("list", "explain")
	cmd.MarkFlagsMutuallyExclusive("context", "list")
	cmd.MarkFlagsMutuallyExclusive("context", "explain")
	complete(cmd, "explain", vet.RuleIDs()...)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
		names, _ := v.completeOverlay(cmd, nil, text)
		return names, cobra.ShellCompDirectiveDefault // and files
	}
	return cmd
}

func (v *vetVerb) run(cmd *cobra.Command, args []string) error {
	stdout := cmd.OutOrStdout()
	switch {
	case (v.list || v.explain != "") && len(args) > 0:
		return fmt.Errorf("got %q: --list and --explain look at nothing", args[0])
	case v.list:
		return v.printRules(stdout, vet.Rules())
	case v.explain != "":
		rule, known := vet.FindRule(v.explain)
		if !known {
			return errors.New(spaced("; ", fmt.Sprintf("no rule has the id %q", v.explain), "see: hearth vet --list", spelling.Suggest(v.explain, vet.RuleIDs())))
		}
		return v.printRule(stdout, rule)
	}
	look := v.results
	if v.context != "" {
		look = v.cluster
	} else if v.namespaces != nil || v.configFile != "" {
		return v.wanted()
	}
	results, err := look(cmd, args)
	if err != nil {
		return err
	}
	report := newVetReport(results)
	if err := v.print(stdout, report); err != nil {
		return err
	}
	switch {
	case report.Errors > 0:
		return errProblems
	case len(report.unjudged) > 0:
		return fmt.Errorf("%s: nothing that runs there could be looked at; what was not seen stands above", strings.Join(report.unjudged, ", "))
	}
	return nil
}

// results looks at what the arguments name; without any at the whole stack.
func (v *vetVerb) results(cmd *cobra.Command, args []string) ([]vet.Result, error) {
	checker := vet.New()
	if len(args) == 0 {
		return v.stack(cmd, checker, nil)
	}
	names, err := v.overlays(args)
	if err != nil {
		return nil, err
	}
	var results []vet.Result
	var overlays []string
	for _, arg := range args {
		if slices.Contains(names, arg) {
			overlays = append(overlays, arg)
			continue
		}
		r, err := v.other(cmd.InOrStdin(), checker, arg, names)
		if err != nil {
			return nil, err
		}
		results = append(results, r...)
	}
	if overlays == nil {
		return results, nil
	}
	ofStack, err := v.stack(cmd, checker, overlays)
	return append(ofStack, results...), err
}

// overlays are those of the stack, none where there is no stack to read: a
// folder can be looked at without. A stack that was asked for must be there.
func (v *vetVerb) overlays(args []string) ([]string, error) {
	if v.file == "-" {
		if slices.Contains(args, "-") {
			return nil, errors.New("stdin is both the stack (-f -) and rendered objects (-): write one of them to a file")
		}
		return args, nil // it can be read once only, and names nothing but overlays
	}
	if _, err := os.Stat(v.file); errors.Is(err, fs.ErrNotExist) && v.file == stackFile {
		return nil, nil
	}
	stack, _, err := v.parse(strings.NewReader(""))
	if err != nil || stack == nil {
		return nil, err
	}
	return overlayNames(stack), nil
}

// stack looks at overlays of the stack; nil is all of them.
func (v *vetVerb) stack(cmd *cobra.Command, checker *vet.Checker, overlays []string) ([]vet.Result, error) {
	// What is looked at is what render writes, so with the lock's digests.
	stack, err := v.loadPinned(cmd)
	if err != nil {
		return nil, err
	}
	for _, name := range overlays {
		if stack.Overlay(name) == nil {
			return nil, fmt.Errorf("no overlay %q in %s; there are: %s", name, v.name(), spelling.List(overlayNames(stack)))
		}
	}
	files, err := generator.GenerateUnchecked(stack)
	if err != nil {
		return nil, printProblems(cmd.ErrOrStderr(), v.place(problem.From(err)))
	}
	in := vet.StackInput{Stack: stack, Files: files, Overlays: overlays}
	if v.file != "-" {
		in.Folder = newRepository(cmd.Context(), v.folder())
	}
	return checker.Stack(in)
}

// other looks at a folder or at rendered objects.
func (v *vetVerb) other(stdin io.Reader, checker *vet.Checker, arg string, overlays []string) ([]vet.Result, error) {
	if arg == "-" {
		data, err := yamllimit.Read(stdin)
		return objects(checker, "stdin", data, err)
	}
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(overlays) > 0:
		return nil, fmt.Errorf("%q is no overlay of %s (%s), and no folder or file", arg, v.name(), spelling.List(overlays))
	case err != nil:
		return nil, err
	case info.IsDir():
		return checker.Folder(filepath.Clean(arg))
	}
	data, err := read(arg, yamllimit.MaxBytes)
	return objects(checker, arg, data, err)
}

// objects looks at YAML that something else rendered, if it could be read.
func objects(checker *vet.Checker, name string, data []byte, err error) ([]vet.Result, error) {
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var r vet.Result
	// Ways from a thousand Services to a thousand pods are a million.
	if err := budget.Within("looking at the objects", func() { r = checker.Objects(name, data) }); err != nil {
		return nil, fmt.Errorf("%s: %w; give them in several parts", name, err)
	}
	return []vet.Result{r}, nil
}
