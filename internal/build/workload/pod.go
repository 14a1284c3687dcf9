package workload

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

const (
	caMountPath = v1alpha1.CAPath
	tmpVolume   = "tmp"
	dataVolume  = "data"
	caVolume    = "ca-bundle"
)

// podSpec is what both workloads' pods share: Pod Security "restricted", no
// token, scheduling, the data volume and a bounded /tmp. Without data the volume
// comes of a template.
func (b builder) podSpec(c component, w *v1alpha1.Workload, data *corev1.VolumeSource) corev1.PodSpec {
	p := corev1.PodSpec{
		ServiceAccountName:           c.Name,
		AutomountServiceAccountToken: new(false),
		EnableServiceLinks:           new(false), // a Service "ollama" would set OLLAMA_PORT and the like in every pod
		NodeSelector:                 w.NodeSelector,
		PriorityClassName:            w.PriorityClassName,
		Affinity:                     w.Affinity.DeepCopy(),
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: new(true),
			RunAsUser:    new(int64(w.RunAsUser)),
			RunAsGroup:   new(int64(w.RunAsGroup)),
			FSGroup:      new(int64(w.FSGroup)),
			// The default, Always, walks every file of the volume at each start.
			FSGroupChangePolicy: new(corev1.FSGroupChangeOnRootMismatch),
			SeccompProfile:      &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Volumes:          b.volumes(data),
		ImagePullSecrets: b.pullSecrets(),
	}
	for _, t := range w.Tolerations {
		p.Tolerations = append(p.Tolerations, corev1.Toleration{
			Key: t.Key, Operator: corev1.TolerationOperator(t.Operator), Value: t.Value,
			Effect: corev1.TaintEffect(t.Effect), TolerationSeconds: t.TolerationSeconds,
		})
	}
	return p
}

// pullSecrets are what the images' registries ask for.
func (b builder) pullSecrets() []corev1.LocalObjectReference {
	var all []corev1.LocalObjectReference
	for _, name := range b.base.Images.PullSecrets {
		all = append(all, corev1.LocalObjectReference{Name: name})
	}
	return all
}

// volumes are the pod's: what only some stacks have first, as in environment.
func (b builder) volumes(data *corev1.VolumeSource) []corev1.Volume {
	var volumes []corev1.Volume
	if ca := b.base.CABundle; ca != nil {
		volumes = append(volumes, corev1.Volume{Name: caVolume, VolumeSource: corev1.VolumeSource{
			ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: ca.ConfigMap},
				Items:                []corev1.KeyToPath{{Key: ca.Key, Path: "ca.crt"}},
			},
		}})
	}
	if data != nil {
		volumes = append(volumes, corev1.Volume{Name: dataVolume, VolumeSource: *data})
	}
	return append(volumes, corev1.Volume{Name: tmpVolume, VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: resource.NewQuantity(512<<20, resource.BinarySI)},
	}})
}

// data is what holds the workload's data.
func (b builder) data(c component, s v1alpha1.Storage, readOnly bool) *corev1.VolumeSource {
	if i := s.Image; i != nil {
		return &corev1.VolumeSource{Image: &corev1.ImageVolumeSource{
			Reference: Image(b.base, *i, *i), PullPolicy: corev1.PullPolicy(i.PullPolicy),
		}}
	}
	return &corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{
		ClaimName: s.Claim(c.Name), ReadOnly: readOnly,
	}}
}

// mounts are the volumes in a container, the data volume at the given path.
func (b builder) mounts(data string, readOnly bool) []corev1.VolumeMount {
	var m []corev1.VolumeMount
	if b.base.CABundle != nil {
		m = append(m, corev1.VolumeMount{Name: caVolume, MountPath: caMountPath, ReadOnly: true})
	}
	return append(m,
		corev1.VolumeMount{Name: dataVolume, MountPath: data, ReadOnly: readOnly},
		corev1.VolumeMount{Name: tmpVolume, MountPath: v1alpha1.TmpPath})
}

// restricted is a container's security context, down to what Pod Security
// "restricted" asks for and, unless writable, a read-only root file system.
func restricted(writableRoot bool) *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		ReadOnlyRootFilesystem:   new(!writableRoot),
	}
}

// resources are the container's requests and limits. What it may write to the
// node's disk, logs and /tmp, is bounded for every container: else one that runs
// wild fills the disk, and the kubelet evicts its neighbours.
func resources(r v1alpha1.Resources) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{Requests: amounts(r.Requests), Limits: amounts(r.Limits)}
	out.Requests[corev1.ResourceEphemeralStorage] = *resource.NewQuantity(64<<20, resource.BinarySI)
	out.Limits[corev1.ResourceEphemeralStorage] = *resource.NewQuantity(2<<30, resource.BinarySI)
	return out
}

func amounts(l v1alpha1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	if l.CPU != "" && l.CPU != v1alpha1.None {
		out[corev1.ResourceCPU] = l.CPU.Parsed()
	}
	if l.Memory != "" {
		out[corev1.ResourceMemory] = l.Memory.Parsed()
	}
	return out
}

// httpProbe asks the component for a path.
func httpProbe(c component, path string, period, timeout, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: path, Port: intstr.FromString(c.portName), Scheme: corev1.URISchemeHTTP,
		}},
		PeriodSeconds:    period,
		TimeoutSeconds:   timeout,
		FailureThreshold: failures,
	}
}

// drain keeps a pod that is told to stop serving for so many seconds, so that
// routes move away and answers in flight can end.
func drain(seconds int64) *corev1.Lifecycle {
	return &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds}}}
}
