package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/doctor"
	"github.com/hearth-dev/hearth/internal/verify"
)

// doctorVerb says what an overlay needs of a cluster.
type doctorVerb struct {
	input
	kubeconfig
	format format
	probe  bool
}

func newDoctor() *cobra.Command {
	d := &doctorVerb{}
	cmd := &cobra.Command{
		Use:   "doctor [OVERLAY] --context CONTEXT",
		Short: "Say what a cluster lacks for an overlay, before the first deploy",
		Long: `Doctor looks at a cluster before an overlay is deployed, and says which of its
needs it has. Each failed row says what to do:

  api         the kinds of every object that the overlay renders
  version     a Kubernetes that mounts images, for ollama.storage.image
  class       the IngressClass or GatewayClass, and whose it is
  gateway     the Gateway: its listener, and whether routes may attach
  controller  the route's controller, where the NetworkPolicy admits it
  issuer      cert-manager's issuer, ready
  storage     the storage class, by name or the default one
  claim       volumes that have to be there already
  namespace   the namespace, its labels, and whether it admits the pods
  secret      what ` + "`hearth secrets`" + ` makes
  configmap   extra certificate authorities
  node        a node with room for each pod, with the sum
  network     a network that enforces NetworkPolicies, by its DaemonSets

It only reads, and the network is known by name. With --probe it proves that a
policy is enforced: it makes a namespace hearth-probe-..., two pods with an
image of the overlay, which a node may have to pull first, and a policy that
keeps them apart. That takes half a minute where the image is there, and needs
the rights to make and remove these and to read the pods' logs. The namespace
is removed at the end; one that a killed run has left, by the next probe.

A row that cannot be checked says why, and fails nothing. What runs after a
deploy, and how fast, says ` + "`hearth verify`" + `.

Exit code 1 means that a row failed, 2 that the cluster could not be asked.`,
		Example: `  hearth doctor --context homelab    the only overlay of the stack
  hearth doctor homelab-nginx --context minicloud
  hearth doctor homelab-nginx --context minicloud -o json
  hearth doctor homelab-nginx --context minicloud --probe`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: d.completeOverlay,
		RunE:              func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) },
	}
	d.addFlag(cmd)
	d.addFlags(cmd, "; required, so that no cluster is meant by accident")
	cmd.Flags().BoolVar(&d.probe, "probe", false, "prove that a policy is enforced, in a namespace of its own")
	d.format.addFlag(cmd, "`text`, or json")
	return cmd
}

func (d *doctorVerb) run(cmd *cobra.Command, args []string) error {
	if err := d.wanted(); err != nil {
		return err
	}
	stack, err := d.load(cmd)
	if err != nil {
		return err
	}
	options := doctor.Options{Context: d.context, Stack: stack}
	if options.Overlay, err = d.overlay(stack, args); err != nil {
		return err
	}
	if options.Config, err = d.config(); err != nil {
		return err
	}
	if d.probe {
		options.Probe = &doctor.Probe{}
	}
	return showRows(cmd, d.format, d.context, func(ctx context.Context, show func(verify.Row)) (verify.Report, error) {
		return doctor.Run(ctx, options, show)
	})
}
