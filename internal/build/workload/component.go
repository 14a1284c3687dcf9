package workload

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// component is one of the two workloads, by what its objects carry.
type component struct {
	object.Component
	port        int32  // of the container
	portName    string // of the container and the Service
	servicePort int32  // of the Service
}

const (
	openWebUIName = "open-webui"

	ollamaPort    = v1alpha1.OllamaPort
	openWebUIPort = 8080
)

// builder makes the objects of one base.
type builder struct {
	stack string
	base  *v1alpha1.Base
}

// component is the one of the given name, its metadata filled in.
func (b builder) component(name, role, version string) object.Component {
	return object.Component{
		Stack: b.stack, Namespace: b.base.Namespace, Name: name, Role: role, Version: version,
		Labels: b.base.Labels, Annotations: b.base.Annotations,
	}
}

// namespace is the base's Namespace, never deleted with the bundle.
func (b builder) namespace() *corev1.Namespace {
	return &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        b.base.Namespace,
			Labels:      b.base.NamespaceLabels,
			Annotations: keepAnnotations(),
		},
	}
}

// serviceAccount gives the pod an identity without a token: neither workload
// talks to the API server.
func serviceAccount(c component) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   c.Meta(c.Name),
		AutomountServiceAccountToken: new(false),
	}
}

// inside is a way in from inside the cluster alone.
func inside(c component) *corev1.Service {
	return service(c, &v1alpha1.Workload{Service: v1alpha1.Service{Type: v1alpha1.ClusterIP}})
}

// headless gives each pod of a StatefulSet a name of its own.
func headless(c component) *corev1.Service {
	s := inside(c)
	s.Name += v1alpha1.HeadlessSuffix
	s.Spec.ClusterIP = corev1.ClusterIPNone
	s.Spec.Ports[0].Port = c.port // names lead to the pod itself
	return s
}

// service is the component's way in: from inside the cluster, and from outside by
// its type, for the clients in allowFrom alone.
func service(c component, w *v1alpha1.Workload) *corev1.Service {
	s := w.Service
	o := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: c.Meta(c.Name),
		Spec: corev1.ServiceSpec{
			Type:                          corev1.ServiceType(s.Type),
			ExternalTrafficPolicy:         corev1.ServiceExternalTrafficPolicy(s.ExternalTrafficPolicy),
			LoadBalancerIP:                s.LoadBalancerIP,
			LoadBalancerSourceRanges:      w.SourceRanges(),
			AllocateLoadBalancerNodePorts: s.AllocateLoadBalancerNodePorts,
			Selector:                      c.Selector(),
			Ports: []corev1.ServicePort{{
				Name:       c.portName,
				Protocol:   corev1.ProtocolTCP, // explicit: Fleet reports a defaulted one as drift
				Port:       c.servicePort,
				TargetPort: intstr.FromString(c.portName),
			}},
		},
	}
	if s.LoadBalancerClass != "" {
		o.Spec.LoadBalancerClass = &s.LoadBalancerClass
	}
	if o.Annotations == nil {
		o.Annotations = map[string]string{}
	}
	maps.Copy(o.Annotations, s.Annotations)
	if s.DangerouslyUnauthenticated {
		o.Annotations[object.AllowsAnnotation] = "unauthenticated"
	}
	return o
}
