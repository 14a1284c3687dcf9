package dryrun

import (
	"cmp"
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// restricted is the namespace that enforces Pod Security.
const restricted = "hearth-restricted"

// Template is the pod that a workload would make; nil if the object is no workload.
func Template(o *unstructured.Unstructured) (*corev1.Pod, error) {
	template, found, err := unstructured.NestedMap(o.Object, "spec", "template")
	if _, workload, _ := unstructured.NestedMap(template, "spec"); err != nil || !found || !workload {
		return nil, err
	}
	var t corev1.PodTemplateSpec
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(template, &t, true); err != nil {
		return nil, err
	}
	pod := &corev1.Pod{ObjectMeta: t.ObjectMeta, Spec: t.Spec}
	pod.Name, pod.Namespace = "template", restricted
	return pod, nil
}

// TryPod creates the pod in a dry run where Pod Security restricted is enforced, and returns what the server has against it.
func (s *Server) TryPod(ctx context.Context, pod *corev1.Pod) []string {
	if err := s.ready(ctx, pod); err != nil {
		return []string{err.Error()}
	}
	return complaints(ctx, func(ctx context.Context) error {
		_, err := s.client.CoreV1().Pods(restricted).Create(ctx, pod, metav1.CreateOptions{
			FieldManager: manager, DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
		})
		return err
	})
}

// ready makes what admission looks up: a pod is refused without its service account and its classes.
func (s *Server) ready(ctx context.Context, pod *corev1.Pod) error {
	if err := s.namespace(ctx, restricted, map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted",
	}); err != nil {
		return err
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: cmp.Or(pod.Spec.ServiceAccountName, "default")}}
	err := create(ctx, s, "service account "+account.Name, account, s.client.CoreV1().ServiceAccounts(restricted).Create)
	if name := pod.Spec.RuntimeClassName; err == nil && name != nil {
		class := &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: *name}, Handler: "runc"}
		err = create(ctx, s, "runtime class "+*name, class, s.client.NodeV1().RuntimeClasses().Create)
	}
	name := pod.Spec.PriorityClassName
	if err != nil || name == "" || strings.HasPrefix(name, "system-") {
		return err // every cluster has the system's classes
	}
	class := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: 1000}
	return create(ctx, s, "priority class "+name, class, s.client.SchedulingV1().PriorityClasses().Create)
}
