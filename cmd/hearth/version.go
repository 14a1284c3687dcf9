package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	var output format
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which hearth this is",
		Long: `Version prints hearth's version, or the commit of a build from a checkout, and
the Go release that it was built with.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output == formatJSON {
				words := strings.Fields(version())
				return writeJSON(cmd.OutOrStdout(), map[string]string{"version": words[1], "go": words[2]})
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version())
			return err
		},
	}
	output.addFlag(cmd, "`text`, or json")
	return cmd
}

// version is the module's version, or the commit for a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "hearth unknown " + runtime.Version()
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				version += "-" + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				version += "-dirty"
			}
		}
	}
	return "hearth " + version + " " + info.GoVersion
}
