package dryrun

import (
	"context"
	"errors"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// manager is the name that the server notes for what is applied.
const manager = "hearth-e2e"

// Server is an API server to ask. Its methods may be called from several goroutines.
type Server struct {
	mapper  meta.RESTMapper
	dynamic dynamic.Interface
	client  kubernetes.Interface

	mutex sync.Mutex
	made  map[string]error // what [create] has made already
}

// NewServer reaches the API server as the config says. Every kind that is to be tried must be there by now.
func NewServer(config *rest.Config) (*Server, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = 200, 400 // nobody else uses this server
	config.WarningHandlerWithContext = collector{}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	dynamic, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Server{
		mapper:  restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery())),
		dynamic: dynamic, client: client, made: map[string]error{},
	}, nil
}

// Try applies the object in a dry run and returns everything that the server has against it; nothing if it is welcome.
func (s *Server) Try(ctx context.Context, o *unstructured.Unstructured) []string {
	kind := o.GroupVersionKind()
	mapping, err := s.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return []string{err.Error()}
	}
	resource := dynamic.ResourceInterface(s.dynamic.Resource(mapping.Resource))
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		namespace := o.GetNamespace()
		if namespace == "" {
			return []string{"has no namespace"}
		}
		if err := s.namespace(ctx, namespace, nil); err != nil {
			return []string{err.Error()}
		}
		resource = s.dynamic.Resource(mapping.Resource).Namespace(namespace)
	}
	return complaints(ctx, func(ctx context.Context) error {
		_, err := resource.Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: manager, DryRun: []string{metav1.DryRunAll}})
		return err
	})
}

// namespace makes a namespace for real: the server tries nothing in one that is not there.
func (s *Server) namespace(ctx context.Context, name string, labels map[string]string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
	return create(ctx, s, "namespace "+name, namespace, s.client.CoreV1().Namespaces().Create)
}

// create makes an object that has to be there, once and unless it is.
func create[T any](ctx context.Context, s *Server, what string, object T, call func(context.Context, T, metav1.CreateOptions) (T, error)) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err, done := s.made[what]; done {
		return err
	}
	_, err := call(ctx, object, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("making %s: %w", what, err)
	}
	s.made[what] = err
	return err
}

// complaints are the warnings during a call, and its error.
func complaints(ctx context.Context, call func(context.Context) error) []string {
	var heard []string
	err := call(context.WithValue(ctx, collector{}, &heard))
	if err != nil {
		var status apierrors.APIStatus
		if errors.As(err, &status) && status.Status().Details != nil && len(status.Status().Details.Causes) > 0 {
			for _, cause := range status.Status().Details.Causes {
				heard = append(heard, "refused: "+cause.Field+": "+cause.Message)
			}
		} else {
			heard = append(heard, "refused: "+err.Error())
		}
	}
	return heard
}

// collector hands each warning to the call that it is about. It is also the key under which that call is found.
type collector struct{}

// HandleWarningHeaderWithContext is called by the client, before the call returns.
func (collector) HandleWarningHeaderWithContext(ctx context.Context, _ int, _, text string) {
	if heard, ok := ctx.Value(collector{}).(*[]string); ok {
		*heard = append(*heard, "warning: "+text)
	}
}
