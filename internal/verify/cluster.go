package verify

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/internal/clientset"
)

// requestLimit is for one request to the API server; longer means that it is
// not there.
const requestLimit = 20 * time.Second

// Cluster holds the clients of one cluster.
type Cluster struct {
	*clientset.Clientset
	config  *rest.Config // without a limit, for port-forward
	dynamic dynamic.Interface
	kinds   *clientset.Kinds
}

// Denied reports whether the API server refused a request because of who asks.
func Denied(err error) bool { return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) }

// Dynamic has the objects of all kinds.
func (c *Cluster) Dynamic() dynamic.Interface { return c.dynamic }

// Kinds are those that the cluster knows.
func (c *Cluster) Kinds() *clientset.Kinds { return c.kinds }

// Connect makes the clients, and fails if nobody answers.
func Connect(ctx context.Context, config *rest.Config) (*Cluster, error) {
	c := &Cluster{config: rest.CopyConfig(config)}
	short := rest.CopyConfig(config)
	short.Timeout = requestLimit
	// One look is a burst of small requests; the defaults (5 a second) are for
	// controllers. kubectl allows itself the same while it asks for kinds.
	short.QPS, short.Burst = 50, 300
	short.WarningHandler = rest.NoWarnings{} // they are for those who write objects
	var err error
	if c.Clientset, err = clientset.New(short); err != nil {
		return nil, err
	}
	if c.dynamic, err = dynamic.NewForConfig(short); err != nil {
		return nil, err
	}
	if err := c.Get("/version").Do(ctx).Error(); err != nil {
		return nil, err
	}
	c.kinds = c.Clientset.Kinds()
	return c, nil
}
