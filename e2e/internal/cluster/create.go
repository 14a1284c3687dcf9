package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"sigs.k8s.io/kind/pkg/cluster"

	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Options say how to make a cluster.
type Options struct {
	// Mode says where the node image comes from. Required.
	Mode Mode
	// Out takes the progress lines. Required.
	Out io.Writer
	// Logs is the folder that gets the logs of a cluster that does not come up. Empty keeps none.
	Logs string
	// Wait is how long the node, and after it the system's pods, may take to become ready. Defaults to 5 minutes.
	Wait time.Duration
	// ImageVolumes lets pods mount images as volumes: off by default before Kubernetes 1.35, and Debian's containerd cannot.
	ImageVolumes bool
	// TwoNodes adds a worker to the control plane, and pods run on both.
	TwoNodes bool
}

// Interruptible returns a context that ends when a person presses Ctrl-C or the process is sent SIGTERM, so that the
// caller gets to delete its cluster.
func Interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
}

// Create makes a cluster and returns when every system pod is ready. When it fails, or ctx ends, nothing of the cluster is
// left. Clusters of earlier runs that were killed are removed first.
func Create(ctx context.Context, o Options) (*Cluster, error) {
	if o.Wait == 0 {
		o.Wait = 5 * time.Minute
	}
	if o.Mode != Pull && o.Mode != Source {
		return nil, fmt.Errorf("mode: unsupported value: %q: supported values: %q, %q", o.Mode, Pull, Source)
	}
	o.Out = images.Synchronized(o.Out)
	daemon, err := docker.Ask(ctx)
	if err != nil {
		return nil, err
	}
	provider := cluster.NewProvider(cluster.ProviderWithDocker(), cluster.ProviderWithLogger(logger{out: o.Out}))
	if err := removeLeftovers(provider, o.Out); err != nil {
		return nil, err
	}
	config, err := nodeConfig(ctx, daemon, o)
	if err != nil {
		return nil, err
	}
	name := Prefix + strings.ToLower(rand.Text()[:8])
	home, err := newHome(name)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Name: name, Kubeconfig: home.kubeconfig(), provider: provider, home: home, out: o.Out, static: o.Mode == Source}
	if o.TwoNodes {
		if err := addWorker(config, o, home); err != nil {
			return nil, errors.Join(err, home.remove())
		}
	}
	start := time.Now()
	say(o.Out, "creating cluster %s, kubeconfig %s", name, c.Kubeconfig)
	err = c.interruptibly(ctx, func() error {
		return provider.Create(name,
			cluster.CreateWithV1Alpha4Config(config),
			cluster.CreateWithKubeconfigPath(c.Kubeconfig),
			cluster.CreateWithWaitForReady(o.Wait),
			cluster.CreateWithRetain(true), // for the logs; what failed is deleted below
			cluster.CreateWithDisplayUsage(false),
			cluster.CreateWithDisplaySalutation(false),
		)
	})
	if err == nil {
		err = c.connect()
	}
	if err == nil {
		err = c.Connect(ctx, o.Wait)
	}
	if err == nil {
		err = c.waitForSystem(ctx, o.Wait)
	}
	if err == nil && o.TwoNodes {
		err = c.open(ctx)
	}
	if err != nil {
		err = fmt.Errorf("creating cluster %s: %w", name, err)
		if o.Logs != "" && ctx.Err() == nil {
			err = errors.Join(fmt.Errorf("%w; logs in %s", err, o.Logs), c.Logs(ctx, o.Logs))
		}
		return nil, errors.Join(err, c.Delete())
	}
	say(o.Out, "cluster %s is ready after %s", name, since(start))
	return c, nil
}

// interruptibly runs create, which knows no context, and makes it fail when ctx ends by removing its node from under it.
func (c *Cluster) interruptibly(ctx context.Context, create func() error) error {
	result := make(chan error, 1)
	go func() { result <- create() }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	say(c.out, "interrupted: %v", context.Cause(ctx))
	for {
		// The node may not be there yet, so delete until create has given up.
		err := c.provider.Delete(c.Name, c.Kubeconfig)
		select {
		case <-result:
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(time.Second):
		}
	}
}

// nodeImage returns the reference of the node image, which for [Source] is then in the daemon.
func nodeImage(ctx context.Context, daemon docker.Daemon, o Options) (string, error) {
	if o.Mode == Pull {
		return "", nil // kind's default, which names its digest
	}
	builder, err := images.NewBuilder(o.Out)
	if err != nil {
		return "", err
	}
	image, err := builder.NodeImage(ctx)
	if err != nil {
		return "", err
	}
	start := time.Now()
	loaded, err := daemon.Load(ctx, image)
	if loaded {
		say(o.Out, "loaded %s into the Docker daemon in %s", image.Ref, since(start))
	}
	return image.Ref, err
}
