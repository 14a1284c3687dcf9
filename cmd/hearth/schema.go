package main

import (
	"regexp"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/schema"
)

func newSchema() *cobra.Command {
	function := false
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of hearth.yaml",
		Long: `Schema prints the JSON Schema, draft-07, of hearth.yaml: every field with its
meaning, default and allowed values. Editors complete and check by it. It sees
the form of a value only: hearth render refuses more.

With --function it is that of a Stack which configures hearth-fn: it may have
any metadata, and spec.overlay names the overlay to emit.`,
		Example: `  hearth schema > hearth.schema.json
  # then the first line of hearth.yaml:
  # yaml-language-server: $schema=hearth.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			of := schema.JSON
			if function {
				of = schema.Function
			}
			text, err := of()
			if err == nil {
				_, err = cmd.OutOrStdout().Write(text)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&function, "function", false, "the schema of a Stack that configures hearth-fn")
	return cmd
}

var release = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// schemaURL is where editors find the schema: at the tag of a released hearth,
// whose fields the file has; else on the main branch.
func schemaURL() string {
	ref := "main"
	if info, ok := debug.ReadBuildInfo(); ok && release.MatchString(info.Main.Version) {
		ref = info.Main.Version
	}
	return "https://raw.githubusercontent.com/hearth-dev/hearth/" + ref + "/schema/hearth.schema.json"
}
