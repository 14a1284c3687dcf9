package vet

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// input is a list of objects, taken apart once for all rules. What rules look
// for by name or namespace has an index: a list may have ten thousand objects.
type input struct {
	facts    Facts
	objects  []Object
	refs     []Ref
	pods     []pod
	services []corev1.Service
	routes   []route

	named       map[Ref]int // the first by group, kind, namespace and name
	podsIn      map[string][]int
	servicesAt  map[backend][]int
	admittersIn map[string][]admitter
}

func newInput(objects []Object, facts Facts) *input {
	in := &input{
		facts: facts, objects: objects, named: map[Ref]int{}, podsIn: map[string][]int{},
		servicesAt: map[backend][]int{}, admittersIn: map[string][]admitter{},
	}
	for i, o := range objects {
		ref := RefOf(o)
		in.refs = append(in.refs, ref)
		key := Ref{APIVersion: ref.group(), Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
		if _, twice := in.named[key]; !twice {
			in.named[key] = i
		}
		in.addPod(o, ref)
		in.index(o, ref)
		if r, ok := routeOf(o, ref); ok {
			in.routes = append(in.routes, r)
		}
	}
	return in
}

// index the objects that rules look for.
func (in *input) index(o Object, ref Ref) {
	switch {
	case ref.is("", "Service"):
		if s, ok := decode[corev1.Service](o); ok {
			at := backend{ref.Namespace, ref.Name}
			in.servicesAt[at] = append(in.servicesAt[at], len(in.services))
			in.services = append(in.services, s)
		}
	case ref.is("networking.k8s.io", "NetworkPolicy"):
		p, ok := decode[networkingv1.NetworkPolicy](o)
		if !ok || !forIngress(p) {
			return
		}
		if selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector); err == nil {
			in.admittersIn[ref.Namespace] = append(in.admittersIn[ref.Namespace], admitter{ref, selector, p.Spec.Ingress})
		}
	}
}

// find is the object of a kind by name, nil if it is not in the list.
func (in *input) find(group, kind, namespace, name string) Object {
	if i, ok := in.named[Ref{APIVersion: group, Kind: kind, Namespace: namespace, Name: name}]; ok {
		return in.objects[i]
	}
	return nil
}

// behind are the pods that a Service leads to.
func (in *input) behind(namespace, service string) []pod {
	var out []pod
	for _, i := range in.servicesAt[backend{namespace, service}] {
		s := in.services[i]
		if len(s.Spec.Selector) == 0 {
			continue
		}
		selector := labels.SelectorFromSet(s.Spec.Selector)
		for _, j := range in.podsIn[namespace] {
			if p := in.pods[j]; selector.Matches(labels.Set(p.meta.Labels)) {
				out = append(out, p)
			}
		}
	}
	return out
}
