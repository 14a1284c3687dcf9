package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which hearth this is",
		Long:  "Version prints hearth's version and the Go release it was built with.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return fmt.Errorf("this hearth was built without version information")
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version(info))
			return err
		},
	}
}

// version is the module's version, or the commit for a build from a checkout.
func version(info *debug.BuildInfo) string {
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
