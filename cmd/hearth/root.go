package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hearth",
		Short: "Private AI on Kubernetes: one file in, a Kustomize tree and a Fleet bundle out",
		Long: `Hearth turns one file, hearth.yaml, into Kustomize bases and overlays and a
Fleet bundle that put Ollama, and Open WebUI in front of it, on your clusters.

  hearth.yaml -> hearth render -> bases/, overlays/, fleet.yaml
    -> git -> Fleet or kustomize -> cluster

Everything under bases/ and overlays/ and fleet.yaml is generated: commit it,
and change hearth.yaml instead.`,
		Example: `  hearth init --name homelab        write a first hearth.yaml
  hearth render                     write the tree beside it
  kustomize build overlays/homelab  see what a cluster would get
  hearth verify homelab --context minicloud
                                    see whether it runs there`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetUsageFunc(usage)
	root.SetHelpFunc(help)
	says := root.Flags().BoolP("version", "v", false, "version for hearth")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())
	})
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if !*says {
			return cmd.Help()
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), version())
		return err
	}
	root.SetHelpCommand(newHelp())
	root.AddCommand(newDiff(), newDoctor(), newExplain(), newImport(), newInit(), newLock(), newMan(), newRender(), newSchema(), newSecrets(), newSize(), newUpgrade(), newVerify(), newVersion(), newVet())
	return root
}

// newHelp is cobra's, but for a command that there is not: that is wrong usage.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		Long:  "Help shows what a command does and its flags, as hearth COMMAND --help does.",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if of, _, err := cmd.Root().Find(args); err == nil {
				for _, c := range of.Commands() {
					if c.IsAvailableCommand() {
						names = append(names, c.Name())
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q; see: %s --help", rest[0], of.CommandPath(), of.CommandPath())
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}
