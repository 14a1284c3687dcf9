package generator

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// component is one of the two workloads, by the names its objects carry.
type component struct {
	name     string // of every object
	role     string // app.kubernetes.io/component
	version  string // app.kubernetes.io/version: the image's tag
	port     int32  // of the container
	portName string // of the container and the Service
}

const (
	ollamaName    = "ollama"
	openWebUIName = "open-webui"

	ollamaPort           = 11434
	openWebUIPort        = 8080
	openWebUIServicePort = 80

	// nobodyID is the user and group of our pods: above 10000, so that it is
	// nobody's on the node (the rule low-user of internal/vet).
	nobodyID = 10001
)

// selector picks the component's pods. It never changes: a Deployment's
// selector is immutable, and so are labels that a NetworkPolicy relies on.
func (c component) selector() map[string]string {
	return map[string]string{
		"app.kubernetes.io/name":     c.name,
		"app.kubernetes.io/instance": c.name,
	}
}

// labels are Kubernetes' recommended ones. app.kubernetes.io/managed-by is
// missing on purpose: Helm sets it on every object that Fleet deploys, and a
// value of ours would be reported as drift for ever (rancher/fleet#4369).
func (c component) labels(stack string) map[string]string {
	l := c.selector()
	l["app.kubernetes.io/component"] = c.role
	l["app.kubernetes.io/part-of"] = stack
	if c.version != "" && len(validation.IsValidLabelValue(c.version)) == 0 {
		l["app.kubernetes.io/version"] = c.version
	}
	return l
}

// builder makes the objects of one base.
type builder struct {
	stack   string
	base    *v1alpha1.Base
	backend *Backend // somebody else's Service to expose, if it is one
}

// meta is the metadata of the component's object of the given name, with the
// person's labels and annotations.
func (b builder) meta(c component, name string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{
		Name:        name,
		Namespace:   b.base.Namespace,
		Labels:      maps.Clone(b.base.Labels),
		Annotations: maps.Clone(b.base.Annotations),
	}
	if m.Labels == nil {
		m.Labels = map[string]string{}
	}
	maps.Copy(m.Labels, c.labels(b.stack)) // ours win: selectors lean on them
	return m
}

// podMeta is the metadata of the component's pods.
func (b builder) podMeta(c component) metav1.ObjectMeta {
	m := b.meta(c, "")
	m.Namespace = ""
	return m
}

// serviceAccount gives the pod an identity without a token: neither workload
// talks to the API server.
func (b builder) serviceAccount(c component) *corev1.ServiceAccount {
	no := false
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   b.meta(c, c.name),
		AutomountServiceAccountToken: &no,
	}
}

// service is the component's way in from inside the cluster.
func (b builder) service(c component, port int32, s v1alpha1.Service) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: b.meta(c, c.name),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceType(s.Type),
			Selector: c.selector(),
			Ports: []corev1.ServicePort{{
				Name:       c.portName,
				Protocol:   corev1.ProtocolTCP, // explicit: Fleet reports a defaulted one as drift
				Port:       port,
				TargetPort: intstr.FromString(c.portName),
			}},
		},
	}
}
