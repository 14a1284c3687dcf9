package workload

import (
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

	ollamaPort           = 11434
	openWebUIPort        = 8080
	openWebUIServicePort = 80
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

// service is the component's way in from inside the cluster.
func service(c component, s v1alpha1.Service) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: c.Meta(c.Name),
		Spec: corev1.ServiceSpec{
			Type:                  corev1.ServiceType(s.Type),
			ExternalTrafficPolicy: corev1.ServiceExternalTrafficPolicy(s.ExternalTrafficPolicy),
			Selector:              c.Selector(),
			Ports: []corev1.ServicePort{{
				Name:       c.portName,
				Protocol:   corev1.ProtocolTCP, // explicit: Fleet reports a defaulted one as drift
				Port:       c.servicePort,
				TargetPort: intstr.FromString(c.portName),
			}},
		},
	}
}
