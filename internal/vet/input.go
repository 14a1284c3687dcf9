package vet

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/internal/objects"
)

// input is a list of objects, taken apart once for all rules.
type input struct {
	*objects.Set
	facts  Facts
	pods   []pod
	routes []route

	makers      map[string]bool // namespaces where more may be made than the list shows
	admittersIn map[string][]admitter
}

func newInput(all []Object, facts Facts) *input {
	in := &input{Set: objects.New(all), facts: facts, makers: map[string]bool{}, admittersIn: map[string][]admitter{}}
	for i := range in.Pods {
		in.pods = append(in.pods, pod{&in.Pods[i]})
	}
	for i, o := range all {
		ref := in.Refs[i]
		if makes(ref) {
			for _, namespace := range []string{ref.Namespace, objects.Text(o, "spec", "targetNamespace"), objects.Text(o, "spec", "destination", "namespace")} {
				in.makers[objects.Namespace(namespace)] = true
			}
		}
		if r, ok := routeOf(o, ref); ok {
			in.routes = append(in.routes, r)
		}
	}
	for _, p := range in.Policies {
		if !slices.Contains(directions(p), networkingv1.PolicyTypeIngress) {
			continue
		}
		if selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector); err == nil {
			at := objects.Namespace(p.Namespace)
			in.admittersIn[at] = append(in.admittersIn[at], admitter{policyRef(p), selector, p.Spec.Ingress})
		}
	}
	return in
}

// behind are the pods that a Service leads to.
func (in *input) behind(namespace, service string) []pod {
	var out []pod
	for _, i := range in.ServicesNamed(namespace, service) {
		for _, j := range in.Selected(namespace, objects.ServiceSelector(in.Services[i])) {
			out = append(out, in.pods[j])
		}
	}
	return out
}

func policyRef(p networkingv1.NetworkPolicy) Ref {
	return Ref{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy", Namespace: p.Namespace, Name: p.Name}
}
