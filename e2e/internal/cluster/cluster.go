package cluster

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cluster/nodes"
	"sigs.k8s.io/kind/pkg/cluster/nodeutils"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Cluster is a running kind cluster with one node, or two.
type Cluster struct {
	// Name begins with [Prefix].
	Name string
	// Kubeconfig is the path of the cluster's own kubeconfig. Its current context is the cluster.
	Kubeconfig string
	// Config and Client reach the API server as cluster-admin.
	Config *rest.Config
	Client *kubernetes.Clientset

	provider *cluster.Provider
	node     nodes.Node   // of the control plane
	nodes    []nodes.Node // all
	static   bool         // the nodes' network is that of a node built from source, which knows no other node
	home     *home
	out      io.Writer
}

// Context is the name of the cluster's context in its kubeconfig.
func (c *Cluster) Context() string { return "kind-" + c.Name }

// Node is the name of the control plane's node, which is the only one by default, and of its container.
func (c *Cluster) Node() string { return c.node.String() }

// LoadImage gives an image to every node, so that its pods start without a pull.
func (c *Cluster) LoadImage(image images.Image) error {
	start := time.Now()
	for _, node := range c.nodes {
		archive, err := os.Open(image.Tar)
		if err != nil {
			return err
		}
		err = nodeutils.LoadImageArchive(node, archive)
		archive.Close()
		if err != nil {
			return fmt.Errorf("loading %s into node %s: %w", image.Ref, node, err)
		}
	}
	say(c.out, "loaded %s in %s", image.Ref, since(start))
	return nil
}

// Delete removes the cluster with everything that belongs to it. Call it whether or not a test failed, and also when its
// context has ended: it takes none. A second call does nothing.
func (c *Cluster) Delete() error {
	if c.home == nil {
		return nil
	}
	start := time.Now()
	if err := c.provider.Delete(c.Name, c.Kubeconfig); err != nil {
		return fmt.Errorf("deleting cluster %s: %w; remove its nodes, whose names begin so, by docker rm -f -v", c.Name, err)
	}
	if err := c.home.remove(); err != nil {
		return fmt.Errorf("deleting cluster %s: %w", c.Name, err)
	}
	c.home = nil
	say(c.out, "deleted cluster %s in %s", c.Name, since(start))
	return nil
}

// connect fills in what a client needs, once the cluster is up.
func (c *Cluster) connect() error {
	found, err := c.provider.ListNodes(c.Name)
	if err != nil {
		return err
	}
	control, err := nodeutils.ControlPlaneNodes(found)
	if err != nil {
		return err
	}
	if len(control) != 1 {
		return fmt.Errorf("cluster %s has %d nodes of a control plane, want 1", c.Name, len(control))
	}
	c.node, c.nodes = control[0], found
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig); err != nil {
		return err
	}
	// Tests ask often and wait for answers; the defaults (5 a second) are meant for controllers.
	c.Config.QPS, c.Config.Burst = 50, 100
	c.Client, err = kubernetes.NewForConfig(c.Config)
	return err
}

// home is the folder of one cluster below the system's folder for temporary files. While its lock is held, the process
// that made the cluster lives; the kernel drops the lock with the process, however that ends.
type home struct {
	dir  string
	lock *os.File
}

func (h *home) kubeconfig() string { return filepath.Join(h.dir, "kubeconfig") }

func (h *home) remove() error {
	h.lock.Close()
	return os.RemoveAll(h.dir)
}

func homeOf(name string) string { return filepath.Join(os.TempDir(), name) }

func since(start time.Time) time.Duration { return time.Since(start).Round(100 * time.Millisecond) }

func say(out io.Writer, format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
