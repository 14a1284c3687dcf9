package v1alpha1

import (
	"errors"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// Route is a function's config of kind Expose: the way in to a Service that is
// there already, whoever made it.
type Route struct {
	// Name and Namespace of the config. The Service is in the same namespace.
	Name, Namespace string
	// Service to expose.
	Service ServiceRef
	// Expose is the route, with its defaults.
	Expose *Expose
	// Admits says that spec.from was written: the NetworkPolicy is wanted even
	// where none selects the pods yet.
	Admits bool

	node *document.Node // with the fields of expose where a Base has them
}

// ServiceRef names a Service and one of its ports.
type ServiceRef struct {
	// Name of the Service. Defaults to the config's.
	Name string `json:"name,omitempty"`
	// Port of the Service, by number or name. Default: the only one it has.
	Port ServicePort `json:"port,omitempty"`
}

// ServicePort is a port of a Service by number or name, as spelled.
type ServicePort string

// UnmarshalText accepts a TCP port, or what can be a port's name.
func (p *ServicePort) UnmarshalText(text []byte) error {
	if n, err := strconv.Atoi(string(text)); err == nil && (n < 1 || n > 65535) || len(text) > 63 || len(text) == 0 {
		return errors.New("want a port of the Service: its number, or its name")
	}
	*p = ServicePort(text)
	return nil
}

// Program is what runs behind a Service, as far as it changes who may be let in.
type Program string

// The programs that a route has rules for.
const (
	// ProgramOllama has no password of its own.
	ProgramOllama Program = "Ollama"
	// ProgramOpenWebUI signs people in itself.
	ProgramOpenWebUI Program = "Open WebUI"
	// ProgramOther is one that hearth does not know.
	ProgramOther Program = ""
)

// ParseRoute reads a function's config of kind Expose. It is nil if there is an
// error among the problems. Check finds the rest, once the Service is known.
func ParseRoute(config *yaml.Node) (*Route, problem.List) {
	var f struct {
		component
		Spec struct {
			Expose
			// Service to expose, in the config's namespace.
			Service ServiceRef `json:"service,omitempty"`
		} `json:"spec"`
	}
	root, problems := document.FromNode("", config)
	if root == nil {
		return nil, problems
	}
	if wrong := typeMeta(root, KindExpose); wrong != nil {
		return nil, append(problems, wrong...).Sorted()
	}
	unread := document.Decode(root, &f)
	c := checker{node: root, unread: unread}
	spec := root.Field("spec")
	c.label("metadata.name", f.Metadata.Name, "the config's name")
	c.label("metadata.namespace", f.Metadata.Namespace, "the Service's namespace")
	if spec == nil {
		c.errorf("spec", "write type, host and tls", "missing: want the route")
	}
	r := &Route{
		Name: f.Metadata.Name, Namespace: f.Metadata.Namespace,
		Service: f.Spec.Service, Expose: &f.Spec.Expose, Admits: f.Spec.From != nil,
		node: spec.Regroup(map[string]*document.Node{"expose": spec}),
	}
	fill(&r.Service.Name, r.Name)
	c.name("spec.service.name", r.Service.Name, "a Service")
	r.Expose.applyDefaults(r.Service.Name)
	problems = append(append(problems, unread...), c.problems...)
	if problems.Err() != nil {
		// What does not need the Service is found in one go all the same.
		if spec != nil {
			problems = append(problems, r.check(ProgramOther, false, unread)...)
		}
		return nil, problems.Sorted()
	}
	return r, problems.Sorted()
}

// Check validates the route to a Service that runs the given program; closed
// says that a NetworkPolicy keeps traffic from it.
func (r *Route) Check(p Program, closed bool) problem.List { return r.check(p, closed, nil).Sorted() }

func (r *Route) check(p Program, closed bool, unread problem.List) problem.List {
	b := &Base{Expose: r.Expose}
	switch p {
	case ProgramOllama:
		b.Ollama = &Ollama{}
	case ProgramOpenWebUI:
		b.OpenWebUI = &OpenWebUI{}
	}
	c := checker{node: r.node, unread: unread}
	c.expose(b, closed)
	if e := r.Expose; p == ProgramOther && e.Type != ExposeInternal && e.Audience == AudiencePublic && !e.Authenticated() {
		c.warnf("expose.basicAuth", "", "missing, and %s is public: make sure that the program behind the Service %s asks for a password itself", e.Host, r.Service.Name)
	}
	return c.problems
}
