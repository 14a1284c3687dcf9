package objects

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Set is a list of objects, taken apart once. What is looked for by name,
// namespace or label has an index: a list may have ten thousand objects. An
// object that names no namespace is in the namespace default, as kubectl puts it
// there.
type Set struct {
	All      []Object
	Refs     []Ref
	Pods     []Pod
	Services []corev1.Service
	Policies []networkingv1.NetworkPolicy

	named      map[Ref]int      // the first by group, kind, namespace and name
	namesOf    map[Ref][]string // by group, kind and namespace
	podsIn     map[string][]int
	podsWith   map[labelled][]int
	servicesAt map[Ref][]int
	policiesBy map[labelled][]int // by one of the labels that they select, none for those that select by none
	ofKind     map[string][]int
	indexes    map[string]map[any][]int
}

// labelled is a label's value in a namespace.
type labelled struct{ namespace, key, value string }

// Namespace is the one that an object without a namespace is in, too.
func Namespace(name string) string {
	if name == "" {
		return metav1.NamespaceDefault
	}
	return name
}

// New takes a list of objects apart.
func New(all []Object) *Set {
	s := &Set{
		All: all, Refs: make([]Ref, 0, len(all)), named: map[Ref]int{}, namesOf: map[Ref][]string{},
		podsIn: map[string][]int{}, podsWith: map[labelled][]int{}, servicesAt: map[Ref][]int{}, policiesBy: map[labelled][]int{}, ofKind: map[string][]int{},
	}
	for i, o := range all {
		ref := RefOf(o)
		s.Refs = append(s.Refs, ref)
		key := Ref{APIVersion: ref.Group(), Kind: ref.Kind, Namespace: Namespace(ref.Namespace), Name: ref.Name}
		if _, twice := s.named[key]; !twice {
			s.named[key] = i
		}
		key.Name = ""
		s.namesOf[key] = append(s.namesOf[key], ref.Name)
		s.ofKind[ref.Kind] = append(s.ofKind[ref.Kind], i)
		s.add(o, ref)
	}
	return s
}

func (s *Set) add(o Object, ref Ref) {
	for _, p := range podsOf(o, ref) {
		in := Namespace(ref.Namespace)
		s.podsIn[in] = append(s.podsIn[in], len(s.Pods))
		for key, value := range p.Meta.Labels {
			at := labelled{in, key, value}
			s.podsWith[at] = append(s.podsWith[at], len(s.Pods))
		}
		s.Pods = append(s.Pods, p)
	}
	switch {
	case ref.Is("", "Service"):
		if service, ok := Decode[corev1.Service](o); ok {
			at := Ref{Namespace: Namespace(ref.Namespace), Name: ref.Name}
			s.servicesAt[at] = append(s.servicesAt[at], len(s.Services))
			s.Services = append(s.Services, service)
		}
	case ref.Is("networking.k8s.io", "NetworkPolicy"):
		if policy, ok := Decode[networkingv1.NetworkPolicy](o); ok {
			by := labelled{namespace: Namespace(ref.Namespace)}
			if wanted := policy.Spec.PodSelector.MatchLabels; len(wanted) > 0 {
				by.key = slices.Min(slices.Collect(maps.Keys(wanted)))
				by.value = wanted[by.key]
			}
			s.policiesBy[by] = append(s.policiesBy[by], len(s.Policies))
			s.Policies = append(s.Policies, policy)
		}
	}
}

// Find is the object of a kind by name, nil if it is not in the list.
func (s *Set) Find(group, kind, namespace, name string) Object {
	if i, ok := s.named[Ref{APIVersion: group, Kind: kind, Namespace: Namespace(namespace), Name: name}]; ok {
		return s.All[i]
	}
	return nil
}

// Names are those of a namespace's objects of a kind.
func (s *Set) Names(group, kind, namespace string) []string {
	return s.namesOf[Ref{APIVersion: group, Kind: kind, Namespace: Namespace(namespace)}]
}

// OfKinds are the positions of all objects of the kinds that a condition holds
// for, whatever their group, in the order of the list.
func (s *Set) OfKinds(want func(kind string) bool) []int {
	var all []int
	for kind, at := range s.ofKind {
		if want(kind) {
			all = append(all, at...)
		}
	}
	slices.Sort(all)
	return all
}

// Index is the positions of objects by what keys says of each, in the order of
// their names. It is made once for each name, and not by several goroutines.
func (s *Set) Index(name string, keys func(o Object, ref Ref) []any) map[any][]int {
	index, made := s.indexes[name]
	if made {
		return index
	}
	index = map[any][]int{}
	for i, o := range s.All {
		for _, key := range keys(o, s.Refs[i]) {
			index[key] = append(index[key], i)
		}
	}
	for _, at := range index {
		slices.SortStableFunc(at, func(i, j int) int { return strings.Compare(s.Refs[i].String(), s.Refs[j].String()) })
	}
	if s.indexes == nil {
		s.indexes = map[string]map[any][]int{}
	}
	s.indexes[name] = index
	return index
}

// ServicesNamed are the positions of a namespace's Services of a name: one, if
// nobody wrote two.
func (s *Set) ServicesNamed(namespace, name string) []int {
	return s.servicesAt[Ref{Namespace: Namespace(namespace), Name: name}]
}

// PodsIn are the positions of a namespace's pods.
func (s *Set) PodsIn(namespace string) []int { return s.podsIn[Namespace(namespace)] }

// PoliciesOf are the NetworkPolicies that select a pod, in the order of the list.
func (s *Set) PoliciesOf(p *Pod) []*networkingv1.NetworkPolicy {
	in := Namespace(p.Ref.Namespace)
	at := slices.Clone(s.policiesBy[labelled{namespace: in}])
	for key, value := range p.Meta.Labels {
		at = append(at, s.policiesBy[labelled{in, key, value}]...)
	}
	slices.Sort(at)
	var all []*networkingv1.NetworkPolicy
	for _, i := range at {
		selector, err := metav1.LabelSelectorAsSelector(&s.Policies[i].Spec.PodSelector)
		if err == nil && selector.Matches(labels.Set(p.Meta.Labels)) {
			all = append(all, &s.Policies[i])
		}
	}
	return all
}

// ServiceSelector is what a Service selects pods by; nil, which selects none, if
// somebody else names its addresses.
func ServiceSelector(s corev1.Service) *metav1.LabelSelector {
	if len(s.Spec.Selector) == 0 {
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: s.Spec.Selector}
}

// ServiceRef names a Service.
func ServiceRef(s corev1.Service) Ref { return Ref{"v1", "Service", s.Namespace, s.Name} }

// PolicyRef names a NetworkPolicy.
func PolicyRef(p networkingv1.NetworkPolicy) Ref {
	return Ref{"networking.k8s.io/v1", "NetworkPolicy", p.Namespace, p.Name}
}

// Selected are the positions of a namespace's pods that a selector matches. Only
// those with its rarest label are looked at: a list may have thousands of
// Services in a namespace.
func (s *Set) Selected(namespace string, by *metav1.LabelSelector) []int {
	selector, err := metav1.LabelSelectorAsSelector(by)
	if err != nil {
		return nil
	}
	namespace = Namespace(namespace)
	candidates := s.podsIn[namespace]
	if by != nil {
		for key, value := range by.MatchLabels {
			if with := s.podsWith[labelled{namespace, key, value}]; len(with) < len(candidates) {
				candidates = with
			}
		}
	}
	var out []int
	for _, i := range candidates {
		if selector.Matches(labels.Set(s.Pods[i].Meta.Labels)) {
			out = append(out, i)
		}
	}
	return out
}
