package verify

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	appsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	discoveryv1 "k8s.io/client-go/kubernetes/typed/discovery/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// requestLimit is for one request to the API server; longer means that it is
// not there.
const requestLimit = 20 * time.Second

// Cluster holds the clients of one cluster. The single groups link a tenth of
// what the whole clientset does.
type Cluster struct {
	config    *rest.Config // without a limit, for port-forward
	core      corev1.CoreV1Interface
	apps      appsv1.AppsV1Interface
	endpoints discoveryv1.DiscoveryV1Interface
	dynamic   dynamic.Interface
	kinds     *restmapper.DeferredDiscoveryRESTMapper
	discovery discovery.CachedDiscoveryInterface
	rest      rest.Interface
}

// Core has the objects of Kubernetes' core.
func (c *Cluster) Core() corev1.CoreV1Interface { return c.core }

// Denied reports whether the API server refused a request because of who asks.
func Denied(err error) bool { return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) }

// Apps has Kubernetes' workloads.
func (c *Cluster) Apps() appsv1.AppsV1Interface { return c.apps }

// Discovery says what the cluster knows.
func (c *Cluster) Discovery() discovery.DiscoveryInterface { return c.discovery }

// Get asks for what is at a path of the API server.
func (c *Cluster) Get(path string) *rest.Request { return c.rest.Get().AbsPath(path) }

// Dynamic has the objects of all kinds.
func (c *Cluster) Dynamic() dynamic.Interface { return c.dynamic }

// Kinds are those that the cluster knows.
func (c *Cluster) Kinds() meta.RESTMapper { return c.kinds }

// Connect makes the clients, and fails if nobody answers.
func Connect(ctx context.Context, config *rest.Config) (*Cluster, error) {
	c := &Cluster{config: rest.CopyConfig(config)}
	short := rest.CopyConfig(config)
	short.Timeout = requestLimit
	// One look is a burst of small requests; the defaults (5 a second) are for
	// controllers.
	short.QPS, short.Burst = 50, 100
	short.WarningHandler = rest.NoWarnings{} // they are for those who write objects
	client, err := rest.HTTPClientFor(short)
	if err != nil {
		return nil, err
	}
	found, err := discovery.NewDiscoveryClientForConfigAndClient(short, client)
	if err != nil {
		return nil, err
	}
	var errs [4]error
	c.core, errs[0] = corev1.NewForConfigAndClient(short, client)
	c.apps, errs[1] = appsv1.NewForConfigAndClient(short, client)
	c.endpoints, errs[2] = discoveryv1.NewForConfigAndClient(short, client)
	c.dynamic, errs[3] = dynamic.NewForConfigAndClient(short, client)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	c.rest = found.RESTClient()
	if err := c.Get("/version").Do(ctx).Error(); err != nil {
		return nil, err
	}
	c.discovery = memory.NewMemCacheClient(found)
	c.kinds = restmapper.NewDeferredDiscoveryRESTMapper(c.discovery)
	return c, nil
}
