package workload

import (
	_ "embed" // the question's script
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// speedScript is the script of its container.
//
//go:embed speed.sh
var speedScript string

// speed is the question that was asked for; nil for none.
func (b builder) speed() *v1alpha1.Speed {
	if b.base.Monitoring == nil {
		return nil
	}
	return b.base.Monitoring.Speed
}

func (b builder) speedComponent() component {
	return component{Component: b.component(b.base.SpeedName(), "monitoring", b.base.Ollama.Image.Tag)}
}

// speedCheck is what asks Ollama how fast it is.
func (b builder) speedCheck() []any {
	if b.speed() == nil {
		return nil
	}
	c := b.speedComponent()
	policy := networkPolicy(c, nil, []networkingv1.NetworkPolicyEgressRule{b.toOllama(), b.dns()})
	return []any{serviceAccount(c), b.speedCronJob(c), policy}
}

// speedCronJob fails where the answer is slow: kube-state-metrics counts that.
// Ollama's own client asks, from Ollama's image, which the node has already.
func (b builder) speedCronJob(c component) *batchv1.CronJob {
	o, s := b.base.Ollama, b.speed()
	pod := b.podSpec(c, &v1alpha1.Workload{NodeSelector: o.NodeSelector, Tolerations: o.Tolerations, Identity: o.Identity}, nil)
	pod.RestartPolicy = corev1.RestartPolicyNever
	pod.Volumes = []corev1.Volume{{Name: tmpVolume, VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: resource.NewQuantity(16<<20, resource.BinarySI)},
	}}}
	pod.Containers = []corev1.Container{{
		Name:            "speed",
		Image:           Image(b.base, v1alpha1.OllamaImage(), o.Image),
		ImagePullPolicy: corev1.PullPolicy(o.Image.PullPolicy),
		Command:         []string{"/bin/sh", "-c", speedScript, "speed"},
		Args:            []string{s.Model, strconv.Itoa(s.MinTokensPerSecond)},
		Env: []corev1.EnvVar{
			{Name: "HOME", Value: "/tmp"},
			{Name: "OLLAMA_HOST", Value: b.base.OllamaURL()},
		},
		Resources: resources(v1alpha1.Resources{
			Requests: v1alpha1.ResourceList{CPU: "10m", Memory: "64Mi"},
			Limits:   v1alpha1.ResourceList{CPU: "500m", Memory: "256Mi"},
		}),
		VolumeMounts:    []corev1.VolumeMount{{Name: tmpVolume, MountPath: "/tmp"}},
		SecurityContext: restricted(false),
	}}
	// One try: a second one would find the model loaded, and say little of the first.
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: c.Meta(c.Name),
		Spec: batchv1.CronJobSpec{
			Schedule:                   s.Schedule,
			ConcurrencyPolicy:          batchv1.ForbidConcurrent,
			StartingDeadlineSeconds:    new(int64(300)),
			SuccessfulJobsHistoryLimit: new(int32(1)),
			FailedJobsHistoryLimit:     new(int32(1)),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
				BackoffLimit:          new(int32(0)),
				ActiveDeadlineSeconds: new(int64(o.LoadTimeout.Parsed().Seconds()) + speedPatience),
				Template:              corev1.PodTemplateSpec{ObjectMeta: c.PodMeta(), Spec: pod},
			}},
		},
	}
}

// speedPatience is how many seconds an answer may take, beyond the time to load
// the model: ten minutes, in which others may be answered first.
const speedPatience = 600
