package vet

import (
	"fmt"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// pod is a Pod, or the pod that a workload makes.
type pod struct {
	ref   Ref    // of the object that it stands in
	path  string // of the pod's spec in it
	meta  metav1.ObjectMeta
	spec  corev1.PodSpec
	whole Object // the object
}

// templates are where each kind of workload has its pod.
func templatePath(r Ref) []string {
	switch r.group() + "/" + r.Kind {
	case "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "batch/Job", "/ReplicationController":
		return []string{"spec", "template"}
	case "batch/CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	}
	return nil
}

func (in *input) addPod(o Object, ref Ref) {
	template, p := o, pod{ref: ref, path: "spec", whole: o}
	if at := templatePath(ref); at != nil {
		p.path = strings.Join(at, ".") + ".spec"
		template = child(o, at...)
	} else if !ref.is("", "Pod") {
		return
	}
	typed, ok := decode[corev1.PodTemplateSpec](Object{"metadata": template["metadata"], "spec": template["spec"]})
	if !ok || template["spec"] == nil {
		return
	}
	p.meta, p.spec = typed.ObjectMeta, typed.Spec
	in.podsIn[ref.Namespace] = append(in.podsIn[ref.Namespace], len(in.pods))
	for key, value := range p.meta.Labels {
		at := labelled{ref.Namespace, key, value}
		in.podsWith[at] = append(in.podsWith[at], len(in.pods))
	}
	in.pods = append(in.pods, p)
}

func child(o Object, path ...string) Object {
	m, _ := at(o, path...).(map[string]any)
	return m
}

// container is one of a pod's.
type container struct {
	corev1.Container
	pod  *pod
	path string
	init bool
}

func (p *pod) containers() []container {
	var all []container
	add := func(field string, init bool, list []corev1.Container) {
		for _, c := range list {
			all = append(all, container{c, p, fmt.Sprintf("%s.%s[%s]", p.path, field, c.Name), init})
		}
	}
	add("initContainers", true, p.spec.InitContainers)
	add("containers", false, p.spec.Containers)
	return all
}

// containers of all pods that satisfy a condition.
func (in *input) containers(want func(container) bool) []container {
	var out []container
	for i := range in.pods {
		for _, c := range in.pods[i].containers() {
			if want(c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func anyContainer(container) bool { return true }

// eachContainer asks a rule that needs no more than a container.
func (in *input) eachContainer(check func(container) []Finding) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		found = append(found, check(c)...)
	}
	return found
}

// ollama reports whether the container serves models.
func ollama(c container) bool { return !c.init && c.program() == "ollama" }

// openWebUI reports whether the container is the chat.
func openWebUI(c container) bool { return !c.init && c.program() == "open-webui" }

// program is the last part of the image's repository, whatever mirror it comes
// from; for an image of another name the recommended label of a container with
// the program's name.
func (c container) program() string {
	name := path.Base(repository(c.Image))
	if label := c.pod.meta.Labels["app.kubernetes.io/name"]; label == c.Name && (label == "ollama" || label == "open-webui") {
		return label
	}
	return name
}

// repository is an image's name without tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if slash := strings.LastIndex(image, "/"); strings.Contains(image[slash+1:], ":") {
		return image[:strings.LastIndex(image, ":")]
	}
	return image
}

// variable is the container's variable of that name, and whether there is one.
// The last of a name counts.
func (c container) variable(name string) (found corev1.EnvVar, set bool) {
	for _, v := range c.Env {
		if v.Name == name {
			found, set = v, true
		}
	}
	return found, set
}

// env is a variable's value as it stands in the object, and whether it is set at
// all, be it from elsewhere.
func (c container) env(name string) (value string, set bool) {
	v, set := c.variable(name)
	return v.Value, set
}

// off reports whether a switch of Open WebUI's is turned off by a value that
// stands in the object: not one from a Secret, and not one that the kubelet puts
// together.
func (c container) off(name string) bool {
	v, set := c.variable(name)
	return set && v.ValueFrom == nil && !strings.Contains(v.Value, "$(") && !v1alpha1.OpenWebUITrue(v.Value)
}

// serves reports whether a pod has such a container.
func (p *pod) serves(want func(container) bool) bool {
	for _, c := range p.containers() {
		if want(c) {
			return true
		}
	}
	return false
}

// finding about a field of a container.
func (c container) finding(field, format string, args ...any) Finding {
	return Finding{Object: c.pod.ref, Path: strings.TrimSuffix(c.path+"."+field, "."), Message: fmt.Sprintf(format, args...)}
}

// finding about a field of a pod.
func (p *pod) finding(field, format string, args ...any) Finding {
	return Finding{Object: p.ref, Path: strings.TrimSuffix(p.path+"."+field, "."), Message: fmt.Sprintf(format, args...)}
}
