package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan is for whoever packages hearth.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIRECTORY",
		Hidden: true,
		Short:  "Write the manual pages",
		Long: `Man writes a manual page of every command into a folder, hearth-render.1 and so
on, for a package of hearth. Without installing them:

  hearth man /tmp/man1 && man /tmp/man1/hearth-render.1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root := newRoot()
			root.DisableAutoGenTag = true
			root.InitDefaultCompletionCmd()
			asPages(root)
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: version(), Date: built()}, args[0]); err != nil {
				return fmt.Errorf("writing the manual pages: %w", err)
			}
			return nil
		},
	}
}

// asPages moves what stands in columns into blocks of code, by two spaces more: the
// text of a page is Markdown.
func asPages(cmd *cobra.Command) {
	var b strings.Builder
	for line := range strings.Lines(cmd.Long) {
		if strings.HasPrefix(line, "  ") {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	cmd.Long = b.String()
	for _, c := range cmd.Commands() {
		asPages(c)
	}
}

// built is the time of the commit, so that the same commit gives the same pages.
func built() *time.Time {
	at := time.Unix(0, 0).UTC()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				if parsed, err := time.Parse(time.RFC3339, s.Value); err == nil {
					at = parsed
				}
			}
		}
	}
	return &at
}
