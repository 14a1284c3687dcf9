package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/columns"
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
  hearth verify --context minicloud --overlay homelab
                                    see whether it runs there`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newVet())
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", fmt.Sprintf(".FlagUsagesWrapped %d ", columns.Width)))
	root.SetHelpTemplate(root.HelpTemplate() + exitHelp)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newInit(), newLock(), newRender(), newSchema(), newSecrets(), newSize(), newVerify(), newVersion())
	return root
}
