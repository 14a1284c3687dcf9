package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// network is a program that connects pods, known by the name of its DaemonSet.
type network struct {
	name     string
	daemons  []string // each is the whole name, or all before a *
	enforces bool
	but      string // where that holds only under a condition
}

// networks are what each program's own manifests and chart call its DaemonSet,
// those that enforce NetworkPolicies first: some run beside one that does not.
var networks = []network{
	{name: "Calico", daemons: []string{"calico-node", "rke2-calico-node"}, enforces: true},
	{name: "Cilium", daemons: []string{"cilium", "anetd"}, enforces: true, but: "unless its policyEnforcementMode is never"},
	{name: "Canal", daemons: []string{"canal", "rke2-canal"}, enforces: true},
	{name: "Antrea", daemons: []string{"antrea-agent"}, enforces: true},
	{name: "kube-router", daemons: []string{"kube-router"}, enforces: true, but: "unless it runs with --run-firewall=false"},
	{name: "OVN-Kubernetes", daemons: []string{"ovnkube-node", "ovnkube-node-*"}, enforces: true},
	{name: "Kube-OVN", daemons: []string{"kube-ovn-cni"}, enforces: true},
	{name: "Weave Net", daemons: []string{"weave-net"}, enforces: true},
	{name: "kube-network-policies", daemons: []string{"kube-network-policies"}, enforces: true},
	{name: "Azure network policy manager", daemons: []string{"azure-npm"}, enforces: true},
	{name: "kindnet", daemons: []string{"kindnet"}, enforces: true, but: "since kind 0.24"},
	{name: "flannel", daemons: []string{"kube-flannel-ds", "kube-flannel-ds-*", "kube-flannel"}},
}

// enforcing is what to do about a network that enforces no policy.
const enforcing = "a CNI that does, such as Calico, Cilium or Canal (flannel with Calico's policies)"

// policies wants a network that enforces NetworkPolicies: without one they are
// there and do nothing. It is known by its DaemonSet, and proved if asked for.
func (d *doctor) policies() []check {
	look := d.network
	switch {
	case d.Probe != nil:
		look = func(ctx context.Context) (result, error) { return d.proved(ctx, d.network) }
	case len(d.set.Policies) == 0:
		return nil
	}
	return []check{{id: "network", subject: d.Overlay, title: "the cluster's network enforces NetworkPolicies", look: look}}
}

// network knows it by its DaemonSet.
func (d *doctor) network(ctx context.Context) (result, error) {
	daemons, err := d.list(ctx, schema.GroupKind{Group: appsv1.GroupName, Kind: "DaemonSet"}, "")
	if err != nil {
		return result{}, err
	}
	var without string
	for _, n := range networks {
		for i := range daemons {
			if !n.is(daemons[i].GetName()) {
				continue
			}
			if n.enforces {
				detail := fmt.Sprintf("%s (%s/%s)", n.name, daemons[i].GetNamespace(), daemons[i].GetName())
				return passed("%s", strings.TrimSuffix(detail+", "+n.but, ", ")), nil
			}
			without = n.name
		}
	}
	nodes, err := d.nodes(ctx)
	if err != nil {
		return result{}, err
	}
	for _, node := range nodes {
		if strings.Contains(node.Status.NodeInfo.KubeletVersion, "+k3s") {
			return k3s(nodes), nil
		}
	}
	if without != "" {
		return failed(enforcing,
			"%s alone enforces none: each pod of the cluster reaches Ollama, which has no password", without), nil
	}
	return notChecked("no DaemonSet is of a network that hearth knows; ask whoever runs the cluster whether it enforces NetworkPolicies"), nil
}

func (n network) is(daemon string) bool {
	return slices.ContainsFunc(n.daemons, func(name string) bool {
		if prefix, ok := strings.CutSuffix(name, "*"); ok {
			return strings.HasPrefix(daemon, prefix)
		}
		return daemon == name
	})
}

// k3s enforces policies in its own process, unless it was told not to. A node
// carries the arguments that it was started with.
func k3s(nodes []corev1.Node) result {
	for _, node := range nodes {
		if strings.Contains(node.Annotations["k3s.io/node-args"], "--disable-network-policy") {
			return failed("k3s without --disable-network-policy", "k3s runs with --disable-network-policy: each pod of the cluster reaches Ollama, which has no password")
		}
	}
	return passed("k3s' own controller (kube-router)")
}

func (d *doctor) nodes(ctx context.Context) ([]corev1.Node, error) {
	raw, err := d.list(ctx, schema.GroupKind{Kind: "Node"}, "")
	if err != nil {
		return nil, err
	}
	all := make([]corev1.Node, len(raw))
	for i := range raw {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw[i].Object, &all[i]); err != nil {
			return nil, fmt.Errorf("reading node %s: %w", raw[i].GetName(), err)
		}
	}
	return all, nil
}
