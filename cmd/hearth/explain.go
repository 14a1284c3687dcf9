package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/fns"
	"github.com/hearth-dev/hearth/internal/schema"
	"github.com/hearth-dev/hearth/internal/spelling"
)

func newExplain() *cobra.Command {
	var output format
	kind, recursive := "", false
	cmd := &cobra.Command{
		Use:   "explain [PATH]",
		Short: "Say what a field of hearth.yaml means",
		Long: `Explain says what a field means: its type, unit, default, allowed values and an
example, and which fields are below it. PATH is names with dots between them, as
in kubectl explain: an index such as [0], and spec. in front, may be left out.
Without a PATH it is the whole Stack.

Of hearth-fn's configs the fields are those of --kind.`,
		Example: `  hearth explain                                the whole file
  hearth explain spec.bases.ollama.storage      one field of it
  hearth explain bases.ollama.contextLength     without spec.
  hearth explain overlays.bases.expose          what an overlay may change
  hearth explain bases.ollama --recursive       the tree of names and types
  hearth explain --kind Expose spec.service     of a function's config`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			document, err := explained(kind)
			if err != nil {
				return err
			}
			field, err := document.Find(strings.Join(args, ""))
			if err != nil {
				return err
			}
			if output == formatJSON {
				text, err := field.JSON()
				if err == nil {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
				}
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), field.Text(recursive))
			return err
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			document, err := explained(kind)
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var paths []string
			for _, f := range document.Complete(typed) {
				paths = append(paths, cobra.CompletionWithDesc(f.Path, f.Summary()))
				if len(f.Fields()) > 0 {
					paths = append(paths, f.Path+".")
				}
			}
			return paths, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
		},
	}
	output.addFlag(cmd, "`text`, or json: the field's part of the JSON Schema")
	cmd.Flags().BoolVar(&recursive, "recursive", false, "show the names and types of all that is below")
	cmd.Flags().StringVar(&kind, "kind", "", "the config of hearth-fn of this `kind`: "+strings.Join(fns.Kinds(), ", "))
	complete(cmd, "kind", fns.Kinds()...)
	return cmd
}

// explained is hearth.yaml, or the config of a function.
func explained(kind string) (*schema.Document, error) {
	switch kind {
	case "":
		return schema.Stack()
	case v1alpha1.Kind:
		return schema.FunctionStack()
	}
	config := fns.Config(kind)
	if config == nil {
		return nil, errors.New(spaced("; ", fmt.Sprintf("no kind %q; there are: %s", kind, strings.Join(fns.Kinds(), ", ")), spelling.Suggest(kind, fns.Kinds())))
	}
	return schema.Of(kind, config)
}
