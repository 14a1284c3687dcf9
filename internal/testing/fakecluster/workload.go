package fakecluster

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// start makes a workload ready, with its pods, their claims, endpoints and metrics.
func (c *Cluster) start(o *Object) error {
	var s appsv1.StatefulSet // what is read here stands at the same places in a Deployment
	spec := map[string]any{}
	for _, field := range []string{"replicas", "template", "volumeClaimTemplates"} {
		if value, ok := o.Object["spec"].(map[string]any)[field]; ok {
			spec[field] = value
		}
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(map[string]any{"spec": spec}, &s); err != nil {
		return err
	}
	number := 1
	if n := s.Spec.Replicas; n != nil {
		number = int(*n)
	}
	set(o, map[string]any{
		"observedGeneration": int64(0), "replicas": int64(number), "readyReplicas": int64(number),
		"updatedReplicas": int64(number), "availableReplicas": int64(number),
	}, "status")
	for i := range number {
		c.pod(o, podName(o.GetName(), i), s.Spec.Template)
		for _, claim := range s.Spec.VolumeClaimTemplates {
			claim.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}
			claim.Name, claim.Namespace = claim.Name+"-"+podName(o.GetName(), i), o.GetNamespace()
			claim.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: claim.Spec.Resources.Requests}
			c.put(claim)
		}
	}
	c.endpoints(o)
	return nil
}

// pod puts a ready pod of a workload there, and its metrics.
func (c *Cluster) pod(o *Object, name string, template corev1.PodTemplateSpec) {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: *template.ObjectMeta.DeepCopy(),
		Spec:       template.Spec,
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
				{Type: corev1.PodReady, Status: corev1.ConditionTrue},
			},
		},
	}
	pod.Name, pod.Namespace = name, o.GetNamespace()
	pod.Spec.NodeName = "node"
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), UID: o.GetUID()}}
	started := true
	for _, i := range template.Spec.InitContainers {
		pod.Status.InitContainerStatuses = append(pod.Status.InitContainerStatuses, corev1.ContainerStatus{
			Name: i.Name, Image: i.Image, Ready: true,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed"}},
		})
	}
	usage := []any{}
	for _, i := range template.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: i.Name, Image: i.Image, Ready: true, Started: &started,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(time.Now().Add(-time.Hour))}},
		})
		usage = append(usage, map[string]any{"name": i.Name, "usage": map[string]any{"cpu": "10m", "memory": "512Mi"}})
	}
	c.put(pod)
	metrics := &Object{Object: map[string]any{
		"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics",
		"timestamp": "2026-01-01T00:00:00Z", "window": "15s", "containers": usage,
	}}
	metrics.SetName(pod.Name)
	metrics.SetNamespace(pod.Namespace)
	metrics.SetLabels(pod.Labels)
	c.Put(metrics)
}

// endpoints puts a workload behind its Services.
func (c *Cluster) endpoints(o *Object) {
	yes, number := true, int32(11434)
	names := []string{o.GetName()}
	if o.GetKind() == "StatefulSet" {
		names = append(names, o.GetName()+v1alpha1.HeadlessSuffix)
	}
	if o.GetName() == "open-webui" {
		number = 8080
	}
	for _, name := range names {
		c.put(&discoveryv1.EndpointSlice{
			TypeMeta:   metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: o.GetNamespace(), Labels: map[string]string{discoveryv1.LabelServiceName: name}},
			Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"10.1.2.3"}, Conditions: discoveryv1.EndpointConditions{Ready: &yes}}},
			Ports:      []discoveryv1.EndpointPort{{Port: &number}},
		})
	}
}
