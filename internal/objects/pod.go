package objects

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pod is a Pod, or the pod that a workload makes.
type Pod struct {
	Ref   Ref    // of the object that it stands in
	Path  string // of the pod's spec in it
	Meta  metav1.ObjectMeta
	Spec  corev1.PodSpec
	Whole Object // the object
}

// Container is one of a pod's.
type Container struct {
	corev1.Container
	Pod  *Pod
	Path string // in the object
	Init bool
}

// TemplatePath is where a kind of workload has its pod.
func TemplatePath(r Ref) []string {
	switch r.Group() + "/" + r.Kind {
	case "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "batch/Job", "/ReplicationController":
		return []string{"spec", "template"}
	case "batch/CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	}
	return nil
}

// podOf is the pod that an object is, or makes.
func podOf(o Object, ref Ref) (Pod, bool) {
	template, p := o, Pod{Ref: ref, Path: "spec", Whole: o}
	if at := TemplatePath(ref); at != nil {
		p.Path = strings.Join(at, ".") + ".spec"
		template = Child(o, at...)
	} else if !ref.Is("", "Pod") {
		return Pod{}, false
	}
	typed, ok := Decode[corev1.PodTemplateSpec](Object{"metadata": template["metadata"], "spec": template["spec"]})
	if !ok || template["spec"] == nil {
		return Pod{}, false
	}
	p.Meta, p.Spec = typed.ObjectMeta, typed.Spec
	return p, true
}

// Containers of the pod, those that run first in front.
func (p *Pod) Containers() []Container {
	var all []Container
	add := func(field string, init bool, list []corev1.Container) {
		for _, c := range list {
			all = append(all, Container{c, p, fmt.Sprintf("%s.%s[%s]", p.Path, field, c.Name), init})
		}
	}
	add("initContainers", true, p.Spec.InitContainers)
	add("containers", false, p.Spec.Containers)
	return all
}

// Variable is the container's variable of that name, and whether there is one.
// The last of a name counts.
func (c Container) Variable(name string) (found corev1.EnvVar, set bool) {
	for _, v := range c.Env {
		if v.Name == name {
			found, set = v, true
		}
	}
	return found, set
}

// Tag of an image, "" if it has none.
func Tag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	return strings.TrimPrefix(image[len(Repository(image)):], ":")
}

// Repository is an image's name without tag and digest.
func Repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if slash := strings.LastIndex(image, "/"); strings.Contains(image[slash+1:], ":") {
		return image[:strings.LastIndex(image, ":")]
	}
	return image
}
