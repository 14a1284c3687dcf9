package fns

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/route"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// exposeSpec is a way in to a Service that is there already, whoever made it.
type exposeSpec struct {
	v1alpha1.Expose
	// Service to expose, in the config's namespace.
	Service serviceRef `json:"service,omitzero"`
}

// serviceRef names a Service and one of its ports.
type serviceRef struct {
	// Name of the Service. Defaults to the config's.
	Name string `json:"name,omitzero"`
	// Port of the Service, by number or name. Default: the only one it has.
	Port servicePort `json:"port,omitzero"`
}

// servicePort is a port of a Service by number or name, as spelled.
type servicePort string

// Pattern is how a port may look, for a schema.
func (servicePort) Pattern() string { return `^.{1,63}$` }

// UnmarshalText accepts a TCP port, or what can be a port's name.
func (p *servicePort) UnmarshalText(text []byte) error {
	if n, err := strconv.Atoi(string(text)); err == nil && (n < 1 || n > 65535) || len(text) > 63 || len(text) == 0 {
		return errors.New("want a port of the Service: its number, or its name")
	}
	*p = servicePort(text)
	return nil
}

// expose adds the way in to a Service of the list.
func expose(c config, f *fields[exposeSpec], items []*yaml.RNode, problems problem.List) ([]*yaml.RNode, framework.Results) {
	r, e := f.Spec.Service, &f.Spec.Expose
	r.Name = cmp.Or(r.Name, f.Metadata.Name)
	mine := append(f.names("the config's name", "the Service's namespace"), f.needSpec("the route", "write type, host and tls")...)
	if r.Name != f.Metadata.Name {
		mine = append(mine, reference("spec.service.name", r.Name, "a Service")...)
	}
	problems = append(problems, f.root.Place(mine, f.unread)...)
	if problems.Err() != nil {
		// What does not need the Service is found in one go all the same.
		if f.root.Field("spec") != nil {
			problems = append(problems, checkRoute(f, v1alpha1.ProgramOther, false)...)
		}
		return nil, c.results(problems.Sorted())
	}
	results := c.results(problems)
	item, wrong := findObject("Service", f.Metadata.Namespace, r.Name, items, problem.Problem{
		Path: "spec.service.name", Fix: "run this function after what makes the Service; in kustomize under transformers:",
	})
	if wrong != nil {
		return nil, c.fail(results, *wrong)
	}
	var service corev1.Service
	if err := decode(item, &service); err != nil {
		return nil, append(results, itemResult(item, "", "not a Service of Kubernetes: "+err.Error()))
	}
	port, wrong := findPort(r.Port, service)
	if wrong != nil {
		return nil, c.fail(results, *wrong)
	}
	near := neighbourhood(service, items)
	target := route.Target{
		Component: object.Component{Stack: f.Metadata.Name, Namespace: f.Metadata.Namespace, Name: service.Name, Role: "route"},
		Port:      port.Port, Program: near.program(port),
	}
	results = append(results, c.results(checkRoute(f, target.Program, near.closed()))...)
	if results.ExitCode() != 0 {
		return nil, results
	}
	if near.closed() || e.From != nil {
		target.Pods, target.PodPort = service.Spec.Selector, targetPort(port)
	}
	e.Default(service.Name, target.Program)
	objects, err := object.FromTyped(route.Objects(target, e))
	if err != nil {
		return nil, c.fail(results, problem.Problem{Message: err.Error()})
	}
	if err := opens(near, e, objects); err != nil {
		return nil, c.refused(results, err)
	}
	out, found := reconcile(c, items, objects)
	return out, append(results, found...)
}

// opens are the ways in that a route opens to what the list shows behind it.
func opens(near neighbours, e *v1alpha1.Expose, made []object.Object) error {
	facts := reach.FactsOf(&v1alpha1.ResolvedOverlay{Bases: []v1alpha1.Base{{Expose: e}}})
	ways := reach.Analyze(objects.New(append(slices.Clone(near.All), made...)), facts)
	return refusal(ways.By(func(entry reach.Ref) bool {
		return slices.ContainsFunc(made, func(o object.Object) bool { return objects.RefOf(o) == entry })
	}))
}

// checkRoute checks the route to a Service that runs the program; closed says that a
// NetworkPolicy keeps traffic from it.
func checkRoute(f *fields[exposeSpec], p v1alpha1.Program, closed bool) problem.List {
	e, found := f.Spec.Expose, problem.List(nil)
	if e.APIKeys != nil { // nobody would ask for them
		e.APIKeys, found = nil, f.root.Place(problem.List{{
			Path: "spec.apiKeys", Fix: "write it in a Stack, or in the function Ollama", Severity: problem.Error,
			Message: "got keys for a Service that is there already: what compares them stands beside the Ollama of a base",
		}}, f.unread)
	}
	found = append(found, f.place(e.Validate(p, closed), func(path string) (string, bool) { return "spec." + path, true })...)
	return append(found, f.place(route.Check(&f.Spec.Expose), func(path string) (string, bool) { return below(path, "expose") })...)
}

// findPort is the port that the config names; for "" the only one there is.
func findPort(port servicePort, s corev1.Service) (corev1.ServicePort, *problem.Problem) {
	wrong := &problem.Problem{Path: "spec.service.port"}
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		wrong.Path, wrong.Message = "spec.service.name", fmt.Sprintf("the Service %s is an ExternalName, another host's alias, which controllers refuse or must not follow", s.Name)
		return corev1.ServicePort{}, wrong
	}
	var ports []string
	for _, p := range s.Spec.Ports {
		number := strconv.Itoa(int(p.Port))
		switch want := string(port); {
		case p.Protocol != "" && p.Protocol != corev1.ProtocolTCP:
			continue
		case want == number, want != "" && want == p.Name, want == "" && len(s.Spec.Ports) == 1:
			return p, nil
		case p.Name != "":
			number += " (" + p.Name + ")"
		}
		ports = append(ports, number)
	}
	switch have := strings.Join(ports, ", "); {
	case have == "":
		wrong.Message = fmt.Sprintf("the Service %s has no TCP port", s.Name)
	case port == "":
		wrong.Message = fmt.Sprintf("missing: the Service %s has several ports: %s", s.Name, have)
	default:
		wrong.Message = fmt.Sprintf("the Service %s has no port %q, but %s", s.Name, port, have)
	}
	return corev1.ServicePort{}, wrong
}

// targetPort is the pods' port behind the Service's.
func targetPort(p corev1.ServicePort) string {
	if p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal == 0 {
		return strconv.Itoa(int(p.Port)) // the default
	}
	return p.TargetPort.String()
}
