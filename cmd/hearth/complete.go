package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// complete offers the values of a flag that has a closed set of them.
func complete(cmd *cobra.Command, flag string, values ...string) {
	// Fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeOverlay offers the overlays of the stack for the first argument.
func (in *input) completeOverlay(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || in.file == "-" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	in.find(cmd)
	stack, _, err := in.parse(strings.NewReader(""))
	if err != nil || stack == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return overlayNames(stack), cobra.ShellCompDirectiveNoFileComp
}

func overlayNames(stack *v1alpha1.Resolved) []string {
	var names []string
	for _, o := range stack.Overlays {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return names
}
