package verify

import (
	"context"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rollout is how far a Deployment or a StatefulSet has come.
type rollout struct {
	wanted, ready int32
	done          bool
	failure       string // why its controller cannot make pods
	selector      *metav1.LabelSelector
	template      corev1.PodTemplateSpec
}

// workload wants all pods ready, running what the stack says.
func (v *verifier) workload(w *workload) check {
	return check{id: "workload", subject: w.subject(), title: "the pods are ready and run the right images", look: func(ctx context.Context) (result, error) {
		r, err := v.rollout(ctx, w)
		if apierrors.IsNotFound(err) {
			return failed(seeObjects, "no such %s", w.kind), nil
		}
		if err != nil {
			return result{}, err
		}
		if other := otherImages(w.template, r.template); other != "" {
			return failed(v.deploy(), "%s", other), nil
		}
		switch {
		case w.replicas != nil && r.wanted != *w.replicas:
			return failed(v.deploy(), "scaled to %d, want %d", r.wanted, *w.replicas), nil
		case r.wanted == 0:
			return failed(v.kubectl("-n %s scale %s %s --replicas=1", w.namespace, strings.ToLower(w.kind), w.name), "scaled to 0"), nil
		case r.done:
			return passed("%d of %d ready, %s", r.ready, r.wanted, images(w.template)), nil
		}
		pods, err := v.pods(ctx, w.namespace, r.selector)
		if err != nil {
			return result{}, err
		}
		return v.diagnose(ctx, w, r, pods)
	}}
}

func (v *verifier) rollout(ctx context.Context, w *workload) (rollout, error) {
	if w.kind == "StatefulSet" {
		s, err := v.StatefulSets(w.namespace).Get(ctx, w.name, metav1.GetOptions{})
		if err != nil {
			return rollout{}, err
		}
		wanted := replicas(s.Spec.Replicas)
		return rollout{
			wanted: wanted, ready: s.Status.ReadyReplicas, selector: s.Spec.Selector, template: s.Spec.Template,
			done: s.Status.ObservedGeneration >= s.Generation && s.Status.ReadyReplicas == wanted &&
				(s.Status.CurrentRevision == s.Status.UpdateRevision || s.Status.UpdatedReplicas == wanted),
		}, nil
	}
	d, err := v.Deployments(w.namespace).Get(ctx, w.name, metav1.GetOptions{})
	if err != nil {
		return rollout{}, err
	}
	wanted := replicas(d.Spec.Replicas)
	r := rollout{
		wanted: wanted, ready: d.Status.ReadyReplicas, selector: d.Spec.Selector, template: d.Spec.Template,
		done: d.Status.ObservedGeneration >= d.Generation && d.Status.UpdatedReplicas == wanted &&
			d.Status.Replicas == wanted && d.Status.AvailableReplicas == wanted,
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			r.failure = oneLine(c.Message)
		}
	}
	return r, nil
}

func replicas(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

// pods are the selected ones, without those that are on their way out.
func (v *verifier) pods(ctx context.Context, namespace string, selector *metav1.LabelSelector) ([]corev1.Pod, error) {
	list, err := v.Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(selector)})
	if err != nil {
		return nil, err
	}
	var staying []corev1.Pod
	for _, p := range list.Items {
		if p.DeletionTimestamp == nil {
			staying = append(staying, p)
		}
	}
	return staying, nil
}

// podsOf are the pods of a workload.
func (v *verifier) podsOf(ctx context.Context, w *workload) ([]corev1.Pod, error) {
	r, err := v.rollout(ctx, w)
	if err != nil {
		return nil, err
	}
	return v.pods(ctx, w.namespace, r.selector)
}

// readyPod is one to send requests to.
func (v *verifier) readyPod(ctx context.Context, w *workload) (string, error) {
	pods, err := v.podsOf(ctx, w)
	if err != nil {
		return "", err
	}
	for _, p := range pods {
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
				return p.Name, nil
			}
		}
	}
	return "", fmt.Errorf("no pod of %s is ready any more", w.subject())
}

// podLogs is how to read what a workload's pods say.
func (v *verifier) podLogs(w *workload) string {
	return v.kubectl("-n %s logs %s/%s", w.namespace, strings.ToLower(w.kind), w.name)
}

// otherImages says which containers run another image than the stack's: the
// change has not reached the cluster, or somebody made one there.
func otherImages(want, live corev1.PodTemplateSpec) string {
	running := map[string]string{}
	for _, c := range containers(live.Spec) {
		running[c.Name] = c.Image
	}
	var other []string
	for _, c := range containers(want.Spec) {
		switch image, ok := running[c.Name]; {
		case !ok:
			other = append(other, "has no container "+c.Name)
		case image != c.Image:
			other = append(other, fmt.Sprintf("%s runs %s, want %s", c.Name, image, c.Image))
		}
	}
	return strings.Join(other, "; ")
}

// containers are all of a pod's, in the order in which they start.
func containers(pod corev1.PodSpec) []corev1.Container {
	return append(append([]corev1.Container{}, pod.InitContainers...), pod.Containers...)
}

func images(template corev1.PodTemplateSpec) string {
	var names []string
	for _, c := range template.Spec.Containers {
		names = append(names, c.Image)
	}
	return strings.Join(names, ", ")
}
