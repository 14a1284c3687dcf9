package workload

import (
	_ "embed" // the seeding script

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

const (
	openWebUIData = v1alpha1.OpenWebUIData
	// uploadsMountPath is where uploads arrive.
	uploadsMountPath = v1alpha1.UploadsPath
)

// seedData is the script that copies the image's embedding models to the
// volume, which hides them once it is mounted over their folder. Without it the
// chat would look for them on the internet.
//
//go:embed seed-data.sh
var seedData string

func (b builder) openWebUIComponent() component {
	return component{
		Component: b.component(openWebUIName, "chat", b.base.OpenWebUI.Image.Tag),
		port:      openWebUIPort, portName: "http", servicePort: int32(b.base.OpenWebUI.Service.Port),
	}
}

// openWebUI is every object of the chat.
func (b builder) openWebUI() []any {
	w := b.base.OpenWebUI
	if w == nil {
		return nil
	}
	c := b.openWebUIComponent()
	objects := append([]any{serviceAccount(c)}, volume(c, w.Storage)...)
	objects = append(objects, b.database()...)
	pod := b.openWebUIPod(c)
	b.addContainers(&pod, &w.Workload)
	if w.MigratesFirst() {
		b.addMigrator(&pod)
	}
	if w.Replicas > 1 {
		objects = append(objects, b.chats(c, pod)...)
	} else {
		objects = append(objects, openWebUIStatefulSet(c, pod), headless(c))
	}
	return append(objects, service(c, &w.Workload), b.openWebUIPolicy(c))
}

func openWebUIStatefulSet(c component, pod corev1.PodSpec) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: c.Meta(c.Name),
		Spec: appsv1.StatefulSetSpec{
			ServiceName: headless(c).Name,
			Selector:    &metav1.LabelSelector{MatchLabels: c.Selector()},
			Template:    corev1.PodTemplateSpec{ObjectMeta: c.PodMeta(), Spec: pod},
		},
	}
}

// openWebUIPod is the pod, however many there are, without what a person adds to it.
func (b builder) openWebUIPod(c component) corev1.PodSpec {
	w := b.base.OpenWebUI
	pod := b.podSpec(c, &w.Workload, b.data(c, w.Storage, w.Storage.ReadOnly()))
	// Memory has a size that a write cannot pass: on a full one an upload fails.
	// A folder of the node's disk has one that the kubelet evicts the pod for.
	pod.Volumes = append(pod.Volumes, corev1.Volume{Name: "uploads", VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{
			Medium: corev1.StorageMediumMemory, SizeLimit: resource.NewQuantity(w.UploadRoom(), resource.BinarySI),
		},
	}})
	image := Image(b.base, v1alpha1.OpenWebUIImage(), w.Image)
	if w.Embedding.Engine == v1alpha1.EmbeddingInPod {
		pod.InitContainers = []corev1.Container{{
			Name:            v1alpha1.ContainerSeed,
			Image:           image,
			ImagePullPolicy: corev1.PullPolicy(w.Image.PullPolicy),
			Command:         []string{"/bin/sh", "-c", seedData, v1alpha1.ContainerSeed},
			Args:            []string{openWebUIData, "/data"},
			Resources:       resources(w.Resources),
			VolumeMounts:    []corev1.VolumeMount{{Name: dataVolume, MountPath: "/data"}},
			SecurityContext: restricted(false),
		}}
	}
	pod.Containers = []corev1.Container{{
		Name:            c.Name,
		Image:           image,
		ImagePullPolicy: corev1.PullPolicy(w.Image.PullPolicy),
		Command:         w.Command,
		Args:            w.Args,
		Ports:           []corev1.ContainerPort{{Name: c.portName, ContainerPort: c.port, Protocol: corev1.ProtocolTCP}},
		Env:             environment(w.Env, b.openWebUIEnv()),
		EnvFrom:         envFrom(w.EnvFrom),
		Resources:       resources(w.Resources),
		VolumeMounts:    append(b.mounts(openWebUIData, w.Storage.ReadOnly()), corev1.VolumeMount{Name: "uploads", MountPath: uploadsMountPath}),
		// Five minutes to start: the embedding models load before it listens.
		StartupProbe: httpProbe(c, "/health", 5, 5, 60),
		// /ready asks the database too; an older version answers it with the page.
		ReadinessProbe:  httpProbe(c, "/ready", 10, 5, 3),
		LivenessProbe:   httpProbe(c, "/health", 30, 10, 6),
		Lifecycle:       drain(5),
		SecurityContext: restricted(!w.ReadOnlyRootFilesystem),
	}}
	return pod
}
