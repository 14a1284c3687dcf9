package main

import (
	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/schema"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of hearth.yaml",
		Long: `Schema prints the JSON Schema, draft-07, of hearth.yaml: every field with its
meaning, default and allowed values. Editors complete and check by it. It sees
the form of a value only: hearth render refuses more.`,
		Example: `  hearth schema > hearth.schema.json
  # then the first line of hearth.yaml:
  # yaml-language-server: $schema=hearth.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := schema.JSON()
			if err == nil {
				_, err = cmd.OutOrStdout().Write(text)
			}
			return err
		},
	}
}
