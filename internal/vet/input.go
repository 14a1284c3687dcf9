package vet

import (
	"slices"

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
	policies []networkingv1.NetworkPolicy
	routes   []route

	named       map[Ref]int      // the first by group, kind, namespace and name
	namesOf     map[Ref][]string // by kind of the core and namespace
	makers      map[string]bool  // namespaces where more may be made than the list shows
	podsIn      map[string][]int
	podsWith    map[labelled][]int
	servicesAt  map[backend][]int
	admittersIn map[string][]admitter
}

// labelled is a label's value in a namespace.
type labelled struct{ namespace, key, value string }

func newInput(objects []Object, facts Facts) *input {
	in := &input{
		facts: facts, objects: objects,
		named: map[Ref]int{}, namesOf: map[Ref][]string{}, makers: map[string]bool{},
		podsIn: map[string][]int{}, podsWith: map[labelled][]int{},
		servicesAt: map[backend][]int{}, admittersIn: map[string][]admitter{},
	}
	for i, o := range objects {
		ref := RefOf(o)
		in.refs = append(in.refs, ref)
		key := Ref{APIVersion: ref.group(), Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
		if _, twice := in.named[key]; !twice {
			in.named[key] = i
		}
		if of := (Ref{Kind: ref.Kind, Namespace: ref.Namespace}); ref.group() == "" {
			in.namesOf[of] = append(in.namesOf[of], ref.Name)
		}
		if makes(ref) {
			for _, namespace := range []string{ref.Namespace, text(o, "spec", "targetNamespace"), text(o, "spec", "destination", "namespace")} {
				in.makers[namespace] = true
			}
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
			at := backend{namespace: ref.Namespace, service: ref.Name}
			in.servicesAt[at] = append(in.servicesAt[at], len(in.services))
			in.services = append(in.services, s)
		}
	case ref.is("networking.k8s.io", "NetworkPolicy"):
		p, ok := decode[networkingv1.NetworkPolicy](o)
		if !ok {
			return
		}
		in.policies = append(in.policies, p)
		if !slices.Contains(directions(p), networkingv1.PolicyTypeIngress) {
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
	for _, i := range in.servicesAt[backend{namespace: namespace, service: service}] {
		for _, j := range in.selected(namespace, serviceSelector(in.services[i])) {
			out = append(out, in.pods[j])
		}
	}
	return out
}

// serviceSelector is what a Service selects pods by; nil, which selects none, if
// somebody else names its addresses.
func serviceSelector(s corev1.Service) *metav1.LabelSelector {
	if len(s.Spec.Selector) == 0 {
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: s.Spec.Selector}
}

func serviceRef(s corev1.Service) Ref { return Ref{"v1", "Service", s.Namespace, s.Name} }

// selected are the positions of a namespace's pods that a selector matches. Only
// those with its rarest label are looked at: a list may have thousands of
// Services in a namespace.
func (in *input) selected(namespace string, by *metav1.LabelSelector) []int {
	selector, err := metav1.LabelSelectorAsSelector(by)
	if err != nil {
		return nil
	}
	candidates := in.podsIn[namespace]
	if by != nil {
		for key, value := range by.MatchLabels {
			if with := in.podsWith[labelled{namespace, key, value}]; len(with) < len(candidates) {
				candidates = with
			}
		}
	}
	var out []int
	for _, i := range candidates {
		if selector.Matches(labels.Set(in.pods[i].meta.Labels)) {
			out = append(out, i)
		}
	}
	return out
}
