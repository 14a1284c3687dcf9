package workload

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/keys"
	"github.com/hearth-dev/hearth/internal/build/object"
)

func (b builder) keys() *v1alpha1.APIKeys { return b.base.Keys() }

func (b builder) keysComponent() component {
	return component{
		Component: b.component(b.base.KeysName(), "api-keys", b.keys().Image.Tag),
		port:      keys.Port, portName: "http", servicePort: 80,
	}
}

// keysOrOllama is what a route without a chat leads to.
func (b builder) keysOrOllama() component {
	if b.keys() != nil {
		return b.keysComponent()
	}
	return b.ollamaComponent()
}

// apiKeys is what stands between the route and Ollama. It is no sidecar: a new
// name would restart Ollama, which loses its models and every answer under way.
func (b builder) apiKeys() []any {
	if b.keys() == nil {
		return nil
	}
	c := b.keysComponent()
	policy := networkPolicy(c, object.Peers(b.base.Namespace, *b.base.Expose.From), []networkingv1.NetworkPolicyEgressRule{b.toOllama(), b.dns()})
	return []any{serviceAccount(c), b.keysDeployment(c), inside(c), policy}
}

func (b builder) keysDeployment(c component) *appsv1.Deployment {
	o, k, ollama := b.base.Ollama, b.keys(), b.ollamaComponent()
	pod := b.podSpec(c, &v1alpha1.Workload{
		NodeSelector: o.NodeSelector, Tolerations: o.Tolerations, PriorityClassName: o.PriorityClassName, Identity: o.Identity,
	}, nil)
	pod.TerminationGracePeriodSeconds = new(int64(120)) // for answers under way
	pod.Volumes = []corev1.Volume{
		// The whole of it, and no list of its keys: with one that is not there the
		// kubelet updates nothing, and a key that was taken away would be good for
		// as long as the pod runs.
		{Name: "keys", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: k.SecretName, DefaultMode: new(int32(0o440))}}},
		{Name: tmpVolume, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: resource.NewQuantity(16<<20, resource.BinarySI)}}},
	}
	health := component{portName: "health"}
	security := restricted(false)
	// The image's program has this capability in its file: the kernel does not start
	// it where nobody may have it, though no port here needs it.
	security.Capabilities.Add = []corev1.Capability{"NET_BIND_SERVICE"}
	proxy := keys.Proxy{Upstream: fmt.Sprintf("%s:%d", ollama.Name, ollama.servicePort), Names: k.Names}
	pod.Containers = []corev1.Container{{
		Name:            c.Name,
		Image:           Image(b.base, v1alpha1.CaddyImage(), k.Image),
		ImagePullPolicy: corev1.PullPolicy(k.Image.PullPolicy),
		Command:         keys.Command(),
		Args:            []string{proxy.Caddyfile()},
		Ports: []corev1.ContainerPort{
			{Name: c.portName, ContainerPort: c.port, Protocol: corev1.ProtocolTCP},
			{Name: health.portName, ContainerPort: keys.HealthPort, Protocol: corev1.ProtocolTCP},
		},
		Env: []corev1.EnvVar{
			{Name: "HOME", Value: "/tmp"},
			{Name: "XDG_CONFIG_HOME", Value: "/tmp"}, // the image's are /config and /data
			{Name: "XDG_DATA_HOME", Value: "/tmp"},
		},
		Resources: resources(v1alpha1.KeysResources()),
		VolumeMounts: []corev1.VolumeMount{
			{Name: "keys", MountPath: keys.Folder, ReadOnly: true},
			{Name: tmpVolume, MountPath: "/tmp"},
		},
		ReadinessProbe:  httpProbe(health, "/", 5, 5, 3),
		LivenessProbe:   httpProbe(health, "/", 30, 10, 6),
		Lifecycle:       drain(5),
		SecurityContext: security,
	}}
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: c.Meta(c.Name),
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: c.Selector()},
			Template: corev1.PodTemplateSpec{ObjectMeta: c.PodMeta(), Spec: pod},
		},
	}
}
