package vet

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// input is a list of objects, taken apart once for all rules.
type input struct {
	facts    Facts
	objects  []Object
	refs     []Ref
	pods     []pod
	services []corev1.Service
	claims   []corev1.PersistentVolumeClaim
	policies []networkingv1.NetworkPolicy
	routes   []route
}

func newInput(objects []Object, facts Facts) *input {
	in := &input{facts: facts, objects: objects}
	for _, o := range objects {
		ref := RefOf(o)
		in.refs = append(in.refs, ref)
		in.addPod(o, ref)
		switch {
		case ref.is("", "Service"):
			in.services = appendDecoded(in.services, o)
		case ref.is("", "PersistentVolumeClaim"):
			in.claims = appendDecoded(in.claims, o)
		case ref.is("networking.k8s.io", "NetworkPolicy"):
			in.policies = appendDecoded(in.policies, o)
		}
	}
	for i, o := range objects {
		if r, ok := routeOf(o, in.refs[i]); ok {
			in.routes = append(in.routes, r)
		}
	}
	return in
}

func appendDecoded[T any](all []T, o Object) []T {
	if typed, ok := decode[T](o); ok {
		all = append(all, typed)
	}
	return all
}

// find is the object of a kind by name, nil if it is not in the list.
func (in *input) find(group, kind, namespace, name string) Object {
	for i, ref := range in.refs {
		if ref.is(group, kind) && ref.Namespace == namespace && ref.Name == name {
			return in.objects[i]
		}
	}
	return nil
}

// behind are the pods that a Service leads to.
func (in *input) behind(namespace, service string) []pod {
	var out []pod
	for _, s := range in.services {
		if s.Namespace != namespace || s.Name != service || len(s.Spec.Selector) == 0 {
			continue
		}
		selector := labels.SelectorFromSet(s.Spec.Selector)
		for _, p := range in.pods {
			if p.ref.Namespace == namespace && selector.Matches(labels.Set(p.meta.Labels)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// admitted tells whether a NetworkPolicy decides what may come into the pod.
func (in *input) admitted(p pod) bool {
	for _, policy := range in.policies {
		if policy.Namespace != p.ref.Namespace || !forIngress(policy) {
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err == nil && selector.Matches(labels.Set(p.meta.Labels)) {
			return true
		}
	}
	return false
}

// forIngress: a policy without types is one for what comes in.
func forIngress(p networkingv1.NetworkPolicy) bool {
	for _, t := range p.Spec.PolicyTypes {
		if t == networkingv1.PolicyTypeIngress {
			return true
		}
	}
	return len(p.Spec.PolicyTypes) == 0
}
