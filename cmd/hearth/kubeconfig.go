package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeconfig names a cluster. The context has no default: nobody's cluster is
// met by accident.
type kubeconfig struct {
	context    string
	configFile string
}

// addFlags defines --context and --kubeconfig; why ends the help of the first.
func (k *kubeconfig) addFlags(cmd *cobra.Command, why string) {
	flags := cmd.Flags()
	flags.StringVar(&k.context, "context", "", "the `name` of the kubeconfig context"+why)
	flags.StringVar(&k.configFile, "kubeconfig", "", "the kubeconfig `file` (default: $KUBECONFIG or ~/.kube/config)")
	_ = cmd.RegisterFlagCompletionFunc("context", k.complete) // fails only for flags that do not exist
}

// wanted is an error if nobody named a context.
func (k *kubeconfig) wanted() error {
	if k.context == "" {
		return errors.New("name the cluster with --context; see: kubectl config get-contexts")
	}
	return nil
}

// config reaches the cluster of the context.
func (k *kubeconfig) config() (*rest.Config, error) {
	loader := k.loader()
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, err
	}
	if _, ok := raw.Contexts[k.context]; !ok {
		has := strings.Join(slices.Sorted(maps.Keys(raw.Contexts)), ", ")
		if has == "" {
			has = "none; name the file with --kubeconfig or KUBECONFIG"
		}
		return nil, fmt.Errorf("no context %q in %s; it has: %s", k.context, strings.Join(k.files(), ", "), has)
	}
	return loader.ClientConfig()
}

func (k *kubeconfig) loader() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = k.configFile
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: k.context})
}

// files are those that make the kubeconfig.
func (k *kubeconfig) files() []string {
	return k.loader().ConfigAccess().GetLoadingPrecedence()
}

// complete offers the contexts of the kubeconfig.
func (k *kubeconfig) complete(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	raw, err := k.loader().RawConfig()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.Sorted(maps.Keys(raw.Contexts)), cobra.ShellCompDirectiveNoFileComp
}
