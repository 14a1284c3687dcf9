package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// workerSubnet is the range of a worker's pods: Kubernetes hands out /24 ranges of podSubnet in the order in which nodes join, and
// the control plane is the first.
const workerSubnet = "10.244.1.0/24"

// addWorker adds a second node to the configuration.
func addWorker(config *v1alpha4.Cluster, o Options, home *home) error {
	worker := config.Nodes[0]
	worker.Role, worker.KubeadmConfigPatches = v1alpha4.WorkerRole, []string{joinClosed}
	if o.Mode == Source {
		file := filepath.Join(home.dir, "worker.conflist")
		if err := os.WriteFile(file, images.CNIConfig(workerSubnet), 0o644); err != nil {
			return err
		}
		worker.ExtraMounts = append(slices.Clone(worker.ExtraMounts), v1alpha4.Mount{HostPath: file, ContainerPath: images.CNIPath, Readonly: true})
	}
	config.Nodes = append(config.Nodes, worker)
	return nil
}

// closed is the taint that keeps pods from a worker until those of the system run on the control plane: the provisioner of a node built
// from source asks the API server of its own node, and a pod that starts before [Cluster.Connect] reaches no other node.
const closed = "hearth.dev/e2e"

// joinClosed has the worker join with it.
const joinClosed = `kind: JoinConfiguration
nodeRegistration:
  taints: [{key: ` + closed + `, effect: NoSchedule}]
`

// open lets pods run on both nodes; kind opens a control plane only where it is alone.
func (c *Cluster) open(ctx context.Context) error {
	for node, taint := range map[string]string{c.Node(): "node-role.kubernetes.io/control-plane", c.Worker(): closed} {
		if _, err := c.Kubectl(ctx, nil, "taint", "node", node, taint+":NoSchedule-"); err != nil {
			return err
		}
	}
	return nil
}

// Worker is the name of the second node, and of its container; empty where there is none.
func (c *Cluster) Worker() string {
	for _, n := range c.nodes {
		if n.String() != c.Node() {
			return n.String()
		}
	}
	return ""
}

// keepAddress has packets of pods to those of another node leave as they are.
const keepAddress = `rule="POSTROUTING --source ` + podSubnet + ` --destination $1 --jump ACCEPT"
iptables --table nat --check $rule 2>/dev/null || iptables --table nat --insert $rule`

// Connect waits until every node is ready and leads each to the pods of the others, which kind's own network does by itself. Call it
// again after a node was started anew: that forgets its routes.
func (c *Cluster) Connect(ctx context.Context, timeout time.Duration) error {
	var list *corev1.NodeList
	err := poll(ctx, timeout, func(ctx context.Context) (string, error) {
		var err error
		if list, err = c.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{}); err != nil {
			return "", err
		}
		for _, n := range list.Items {
			if n.Spec.PodCIDR == "" || !slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
				return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
			}) {
				return "node " + n.Name + " is not ready", nil
			}
		}
		if len(list.Items) != len(c.nodes) {
			return fmt.Sprintf("%d of %d nodes have joined", len(list.Items), len(c.nodes)), nil
		}
		return "", nil
	})
	if err != nil || !c.static {
		return err
	}
	for _, to := range list.Items {
		if to.Name == c.Worker() && to.Spec.PodCIDR != workerSubnet {
			return fmt.Errorf("the pods of node %s have the range %s, its network is made for %s", to.Name, to.Spec.PodCIDR, workerSubnet)
		}
		var address string
		for _, a := range to.Status.Addresses {
			if a.Type == corev1.NodeInternalIP {
				address = a.Address
			}
		}
		for _, from := range c.nodes {
			if from.String() == to.Name {
				continue
			}
			if err := from.CommandContext(ctx, "ip", "route", "replace", to.Spec.PodCIDR, "via", address).Run(); err != nil {
				return fmt.Errorf("a route from node %s to the pods of %s: %w", from, to.Name, err)
			}
			// Else a node hides its pods behind its own address, and a policy that names them does not know them.
			if err := from.CommandContext(ctx, "sh", "-c", keepAddress, "sh", to.Spec.PodCIDR).Run(); err != nil {
				return fmt.Errorf("keeping the addresses of pods from node %s to the pods of %s: %w", from, to.Name, err)
			}
		}
	}
	return nil
}
