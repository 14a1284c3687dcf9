package verify

import (
	"context"
	"errors"
	"time"

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

// cluster holds the clients of one cluster. The single groups link a tenth of
// what the whole clientset does.
type cluster struct {
	config    *rest.Config // without a limit, for port-forward
	core      corev1.CoreV1Interface
	apps      appsv1.AppsV1Interface
	endpoints discoveryv1.DiscoveryV1Interface
	dynamic   dynamic.Interface
	kinds     *restmapper.DeferredDiscoveryRESTMapper
}

// connect makes the clients, and fails if nobody answers.
func connect(ctx context.Context, config *rest.Config) (*cluster, error) {
	c := &cluster{config: rest.CopyConfig(config)}
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
	if err := found.RESTClient().Get().AbsPath("/version").Do(ctx).Error(); err != nil {
		return nil, err
	}
	c.kinds = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))
	return c, nil
}
