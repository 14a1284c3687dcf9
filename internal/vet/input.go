package vet

import (
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// input is a list of objects, taken apart once for all rules.
type input struct {
	*objects.Set
	facts  Facts
	pods   []pod
	ways   *reach.Result
	makers map[string]bool // namespaces where more may be made than the list shows
}

func newInput(all []Object, facts Facts) *input {
	in := &input{Set: objects.New(all), facts: facts, makers: map[string]bool{}}
	for i := range in.Pods {
		in.pods = append(in.pods, pod{&in.Pods[i]})
	}
	for i, o := range all {
		ref := in.Refs[i]
		if !facts.live && makes(ref) {
			for _, namespace := range []string{ref.Namespace, objects.Text(o, "spec", "targetNamespace"), objects.Text(o, "spec", "destination", "namespace")} {
				in.makers[objects.Namespace(namespace)] = true
			}
		}
	}
	return in
}

// behind are the pods that a route leads to.
func (in *input) behind(r reach.Route) []pod {
	var out []pod
	for _, b := range r.Backends() {
		for _, i := range in.ServicesNamed(b.Namespace, b.Service) {
			for _, j := range in.Selected(b.Namespace, objects.ServiceSelector(in.Services[i])) {
				out = append(out, in.pods[j])
			}
		}
	}
	return out
}
