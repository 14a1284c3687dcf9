package workload

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// addContainers puts a person's containers and volumes into a pod that has
// hearth's own. Sidecars are init containers that stay, the last of them: while
// models are pulled they are not there, the program finds them running, and when
// the pod ends they serve until it has. Plain containers would start and end at
// the same time as the program.
func (b builder) addContainers(pod *corev1.PodSpec, w *v1alpha1.Workload) {
	var before, beside []corev1.Container
	for _, name := range slices.Sorted(maps.Keys(w.InitContainers)) {
		before = append(before, b.container(name, w.InitContainers[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Sidecars)) {
		c := b.container(name, w.Sidecars[name])
		c.RestartPolicy = new(corev1.ContainerRestartPolicyAlways)
		beside = append(beside, c)
	}
	pod.InitContainers = slices.Concat(before, pod.InitContainers, beside)
	program := &pod.Containers[0]
	for _, name := range slices.Sorted(maps.Keys(w.Volumes)) {
		v := w.Volumes[name]
		pod.Volumes = append(pod.Volumes, corev1.Volume{Name: name, VolumeSource: volumeSource(v)})
		if v.EmptyDir != "" {
			// The kubelet evicts a pod whose containers and folders together take more
			// of the disk than all its containers may.
			disk := program.Resources.Limits[corev1.ResourceEphemeralStorage]
			disk.Add(v.EmptyDir.Parsed())
			program.Resources.Limits[corev1.ResourceEphemeralStorage] = disk
		}
		if v.Mount != nil {
			program.VolumeMounts = append(program.VolumeMounts, mount(name, *v.Mount))
		}
	}
}

// container is one that a person adds, confined as hearth's own.
func (b builder) container(name string, c v1alpha1.Container) corev1.Container {
	security := restricted(!*c.ReadOnlyRootFilesystem)
	if c.RunAsUser != 0 {
		security.RunAsUser = new(int64(c.RunAsUser))
	}
	if c.RunAsGroup != 0 {
		security.RunAsGroup = new(int64(c.RunAsGroup))
	}
	out := corev1.Container{
		Name:            name,
		Image:           Image(b.base, v1alpha1.Image{}, c.Image),
		ImagePullPolicy: corev1.PullPolicy(c.Image.PullPolicy),
		Command:         c.Command,
		Args:            c.Args,
		Env:             environment(c.Env, nil),
		EnvFrom:         envFrom(c.EnvFrom),
		Resources:       resources(c.Resources),
		SecurityContext: security,
	}
	for _, volume := range slices.Sorted(maps.Keys(c.Mounts)) {
		out.VolumeMounts = append(out.VolumeMounts, mount(volume, c.Mounts[volume]))
	}
	return out
}

func mount(volume string, m v1alpha1.Mount) corev1.VolumeMount {
	return corev1.VolumeMount{Name: volume, MountPath: m.Path, SubPath: m.SubPath, ReadOnly: m.ReadOnly}
}

func volumeSource(v v1alpha1.Volume) corev1.VolumeSource {
	switch {
	case v.ExistingClaim != "":
		return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: v.ExistingClaim}}
	case v.ConfigMapName != "":
		return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: v.ConfigMapName}}}
	case v.SecretName != "":
		return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: v.SecretName}}
	}
	size := v.EmptyDir.Parsed()
	return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}
}
