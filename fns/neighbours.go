package fns

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// neighbours is what the list says about the pods behind a Service.
type neighbours struct {
	// labels of the pods: those of the workloads that the Service selects, or
	// the selector itself where the list has none.
	labels []labels.Set
	// images of their containers.
	images []string
	// policies of the namespace.
	policies []networkingv1.NetworkPolicy
}

// podOwner is any kind with a pod template, or a Pod.
type podOwner struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		corev1.PodSpec
		Template corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`
}

// neighbourhood looks through the namespace of the Service. What does not
// decode is no workload that Kubernetes would take, and not ours to judge.
func neighbourhood(namespace string, s corev1.Service, items []*yaml.RNode) neighbours {
	var n neighbours
	if len(s.Spec.Selector) == 0 {
		return n
	}
	selector := labels.SelectorFromSet(s.Spec.Selector)
	for _, item := range items {
		i := idOf(item)
		if i.namespace != "" && i.namespace != namespace {
			continue
		}
		switch i.kind {
		case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod":
			var w podOwner
			if decode(item, &w) != nil {
				continue
			}
			podLabels, containers := w.Spec.Template.Labels, w.Spec.Template.Spec.Containers
			if i.kind == "Pod" {
				podLabels, containers = w.Labels, w.Spec.Containers
			}
			if !selector.Matches(labels.Set(podLabels)) {
				continue
			}
			n.labels = append(n.labels, podLabels)
			for _, c := range containers {
				n.images = append(n.images, c.Image)
			}
		case "NetworkPolicy":
			var p networkingv1.NetworkPolicy
			if decode(item, &p) == nil {
				n.policies = append(n.policies, p)
			}
		}
	}
	if n.labels == nil {
		n.labels = []labels.Set{s.Spec.Selector}
	}
	return n
}

// program is what runs behind the Service: by the pods' images, else by the
// recommended label, else by Ollama's port, which nothing else uses.
func (n neighbours) program(s corev1.Service, port corev1.ServicePort) v1alpha1.Program {
	names := []string{s.Spec.Selector["app.kubernetes.io/name"], s.Labels["app.kubernetes.io/name"]}
	for _, image := range n.images {
		switch {
		case strings.Contains(image, "open-webui"):
			return v1alpha1.ProgramOpenWebUI
		case strings.Contains(image, "ollama"):
			return v1alpha1.ProgramOllama
		}
	}
	switch {
	case slices.Contains(names, "open-webui"):
		return v1alpha1.ProgramOpenWebUI
	case slices.Contains(names, "ollama") || s.Name == "ollama" || port.Port == 11434 || targetPort(port) == "11434":
		return v1alpha1.ProgramOllama
	}
	return v1alpha1.ProgramOther
}

// closed reports whether a NetworkPolicy of the list keeps traffic from the pods.
func (n neighbours) closed() bool {
	return slices.ContainsFunc(n.policies, func(p networkingv1.NetworkPolicy) bool {
		// A policy without types is one for what comes in.
		if len(p.Spec.PolicyTypes) > 0 && !slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		return err == nil && slices.ContainsFunc(n.labels, func(pod labels.Set) bool { return selector.Matches(pod) })
	})
}

// decode is an item as one of Kubernetes' types.
func decode(item *yaml.RNode, into any) error {
	data, err := item.MarshalJSON()
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
