package fns

import (
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// neighbours are the objects around a Service.
type neighbours struct {
	*objects.Set
	service corev1.Service
}

// neighbourhood reads the list. What does not decode is no object that Kubernetes
// would take, and not ours to judge.
func neighbourhood(s corev1.Service, items []*yaml.RNode) neighbours {
	var all []objects.Object
	for _, item := range items {
		var o objects.Object
		if applied(item) && decode(item, &o) == nil {
			all = append(all, o)
		}
	}
	return neighbours{objects.New(all), s}
}

// program is what runs behind a port of the Service, as far as the list shows it;
// else what its labels and its name say.
func (n neighbours) program(port corev1.ServicePort) v1alpha1.Program {
	behind := reach.Behind(n.Set, n.service.Namespace, n.service.Name, fmt.Sprint(port.Port))
	named := func(name string) bool {
		return n.service.Name == name || n.service.Labels["app.kubernetes.io/name"] == name || n.service.Spec.Selector["app.kubernetes.io/name"] == name
	}
	unseen := len(n.pods()) == 0
	switch {
	case slices.Contains(behind, reach.Ollama):
		return v1alpha1.ProgramOllama
	case slices.Contains(behind, reach.OpenWebUI), unseen && named("open-webui"):
		return v1alpha1.ProgramOpenWebUI
	case unseen && (named("ollama") || port.Port == 11434):
		return v1alpha1.ProgramOllama
	}
	return v1alpha1.ProgramOther
}

func (n neighbours) pods() []int {
	return n.Selected(n.service.Namespace, objects.ServiceSelector(n.service))
}

// closed reports whether a NetworkPolicy of the list keeps traffic from the pods.
func (n neighbours) closed() bool {
	pods := n.pods()
	if len(pods) == 0 { // somebody else makes them, with the labels at least that the Service selects
		alike := objects.Pod{Ref: objects.Ref{Kind: "Pod", Namespace: n.service.Namespace}}
		alike.Meta.Labels = n.service.Spec.Selector
		_, isolated := reach.Admits(n.Set, &alike, nil)
		return isolated && len(n.service.Spec.Selector) > 0
	}
	return slices.ContainsFunc(pods, func(i int) bool {
		_, isolated := reach.Admits(n.Set, &n.Pods[i], nil)
		return isolated
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
