package objects

import (
	"fmt"
	"maps"
	"slices"
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

// podsOf are the pods that an object is, or makes.
func podsOf(o Object, ref Ref) []Pod {
	if ref.Is(leaderWorkerSet, "LeaderWorkerSet") {
		return groupOf(o, ref)
	}
	var at []string
	if at = TemplatePath(ref); at == nil && !ref.Is("", "Pod") {
		return nil
	}
	if p, ok := podAt(o, ref, at...); ok {
		return []Pod{p}
	}
	return nil
}

// The API group of LeaderWorkerSet, and what its labels begin with.
const (
	leaderWorkerSet = "leaderworkerset.x-k8s.io"
	groupLabels     = "leaderworkerset.sigs.k8s.io/"
)

// groupOf are the two kinds of pods of a LeaderWorkerSet, with the labels that its
// controller gives them: the leader, which is as the workers are where it has no
// template of its own, and a worker, where there is one.
func groupOf(o Object, ref Ref) (pods []Pod) {
	const template = "leaderWorkerTemplate"
	leader, ok := podAt(o, ref, "spec", template, "leaderTemplate")
	worker, ofWorker := podAt(o, ref, "spec", template, "workerTemplate")
	if !ok {
		leader, ok = worker, ofWorker
	}
	label := func(p Pod, index string) {
		p.Meta.Labels = maps.Clone(p.Meta.Labels)
		metav1.SetMetaDataLabel(&p.Meta, groupLabels+"name", ref.Name)
		if index != "" {
			metav1.SetMetaDataLabel(&p.Meta, groupLabels+"worker-index", index)
		}
		pods = append(pods, p)
	}
	if ok {
		label(leader, "0")
	}
	if size := At(o, "spec", template, "size"); ofWorker && size != nil && fmt.Sprint(size) != "1" {
		label(worker, "")
	}
	return pods
}

// ClaimTemplates are those by which a workload asks for a volume for each pod.
func ClaimTemplates(workload Object) []Object {
	if own := List(workload, "spec", "volumeClaimTemplates"); own != nil {
		return own
	}
	return List(workload, "spec", "leaderWorkerTemplate", "volumeClaimTemplates")
}

// podAt is the pod whose template an object has at a path.
func podAt(o Object, ref Ref, at ...string) (Pod, bool) {
	template, p := o, Pod{Ref: ref, Path: strings.Join(append(slices.Clone(at), "spec"), "."), Whole: o}
	if len(at) > 0 {
		template = Child(o, at...)
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
