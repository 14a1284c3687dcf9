package fns

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// expose adds the way in to a Service of the list.
func expose(c config, items []*yaml.RNode) ([]*yaml.RNode, framework.Results) {
	r, problems := v1alpha1.ParseRoute(c.node.YNode())
	results := c.results(problems)
	if r == nil {
		return nil, results
	}
	fail := func(p problem.Problem) ([]*yaml.RNode, framework.Results) {
		return nil, append(results, c.results(problem.List{p})...)
	}
	item, wrong := findService(r, items)
	if wrong != nil {
		return fail(*wrong)
	}
	var service corev1.Service
	if err := decode(item, &service); err != nil {
		return nil, append(results, itemResult(item, "", "not a Service of Kubernetes: "+err.Error()))
	}
	port, wrong := findPort(r, service)
	if wrong != nil {
		return fail(*wrong)
	}
	near := neighbourhood(r, service, items)
	backend := generator.Backend{
		Name: service.Name, Port: port.Port, TargetPort: targetPort(port), Selector: service.Spec.Selector,
		Program: near.program(service, port), Closed: near.closed(),
	}
	results = append(results, c.results(r.Check(backend.Program, backend.Closed))...)
	if results.ExitCode() != 0 {
		return nil, results
	}
	objects, err := generator.Route(r, backend)
	if err != nil {
		return fail(problem.Problem{Message: err.Error()})
	}
	out, found := reconcile(c, items, objects)
	return out, append(results, found...)
}

// findService is the Service that the config names. One without a namespace is
// in the config's: kustomize may fill it in later.
func findService(r *v1alpha1.Route, items []*yaml.RNode) (*yaml.RNode, *problem.Problem) {
	var names []string
	for _, item := range items {
		i := idOf(item.YNode())
		if i.apiVersion != "v1" || i.kind != "Service" || i.namespace != "" && i.namespace != r.Namespace {
			continue
		}
		if i.name == r.Service.Name {
			return item, nil
		}
		names = append(names, i.name)
	}
	p := &problem.Problem{
		Path:    "spec.service.name",
		Message: fmt.Sprintf("no Service %q of the namespace %s is in the list", r.Service.Name, r.Namespace),
	}
	if len(names) > 0 {
		p.Message += ", which has " + strings.Join(names, ", ")
	} else {
		p.Fix = "run this function after what makes the Service; in kustomize under transformers:"
	}
	return nil, p
}

// findPort is the port that the config names; for "" the only one there is.
func findPort(r *v1alpha1.Route, s corev1.Service) (corev1.ServicePort, *problem.Problem) {
	p := &problem.Problem{Path: "spec.service.port"}
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		p.Path, p.Message = "spec.service.name", fmt.Sprintf("the Service %s is an ExternalName, another host's alias, which controllers refuse or must not follow", s.Name)
		return corev1.ServicePort{}, p
	}
	var ports []string
	for _, port := range s.Spec.Ports {
		number := strconv.Itoa(int(port.Port))
		switch want := string(r.Service.Port); {
		case port.Protocol != "" && port.Protocol != corev1.ProtocolTCP:
			continue
		case want == number, want != "" && want == port.Name, want == "" && len(s.Spec.Ports) == 1:
			return port, nil
		case port.Name != "":
			number += " (" + port.Name + ")"
		}
		ports = append(ports, number)
	}
	switch have := strings.Join(ports, ", "); {
	case have == "":
		p.Message = fmt.Sprintf("the Service %s has no TCP port", s.Name)
	case r.Service.Port == "":
		p.Message = fmt.Sprintf("missing: the Service %s has several ports: %s", s.Name, have)
	default:
		p.Message = fmt.Sprintf("the Service %s has no port %q, but %s", s.Name, r.Service.Port, have)
	}
	return corev1.ServicePort{}, p
}

// targetPort is the pods' port behind the Service's.
func targetPort(p corev1.ServicePort) string {
	if p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal == 0 {
		return strconv.Itoa(int(p.Port)) // the default
	}
	return p.TargetPort.String()
}
