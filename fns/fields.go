package fns

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// configMetadata of a config. It is wider than a Stack's: the tools that run functions
// keep their own annotations there.
type configMetadata struct {
	// Name of the config, a DNS label: the value of app.kubernetes.io/part-of,
	// and the folder of what is generated from it.
	Name string `json:"name,omitzero"`
	// Namespace of the objects.
	Namespace string `json:"namespace,omitzero"`
	// Labels are somebody else's: hearth reads none.
	Labels map[string]string `json:"labels,omitzero"`
	// Annotations are somebody else's: hearth reads none.
	Annotations map[string]string `json:"annotations,omitzero"`
}

// fields of a function's config, whose spec is a T.
type fields[T any] struct {
	// APIVersion is always hearth.dev/v1alpha1.
	APIVersion string `json:"apiVersion"`
	// Kind says what the function does.
	Kind string `json:"kind"`
	// Metadata names the config, and the namespace of the objects.
	Metadata configMetadata `json:"metadata"`
	// Spec is what is asked of the function.
	Spec T `json:"spec,omitzero"`

	root   *document.Node
	unread problem.List // what could not be decoded
}

// read decodes a config. The fields are nil if nothing more can be said than the
// problems do.
func read[T any](c config) (*fields[T], problem.List) {
	root, problems := document.FromNode("", c.node.YNode())
	if root == nil {
		return nil, problems
	}
	f := &fields[T]{root: root}
	f.unread = document.Decode(root, f)
	return f, append(problems, f.unread...)
}

// place gives problems of a base, or a part of one, the paths that its fields
// have in the config; at says which, and false for a field that it has not.
func (f *fields[T]) place(found problem.List, at func(path string) (string, bool)) problem.List {
	var problems problem.List
	for _, p := range found {
		path, here := at(p.Path)
		if !here {
			continue
		}
		var depends []string
		for _, other := range p.Depends {
			if path, here := at(other); here {
				depends = append(depends, path)
			}
		}
		p.Path, p.Depends = path, depends
		problems = append(problems, p)
	}
	return f.root.Place(problems, f.unread)
}

// below is where fields of a base's member stand in the spec, by path.
func below(path, member string) (string, bool) {
	rest, ok := strings.CutPrefix(path, member)
	if !ok || !problem.Within(path, member) {
		return "", false
	}
	return "spec" + rest, true
}

// names checks the name of a config, and the namespace of what it is about.
func (f *fields[T]) names(name, namespace string) problem.List {
	return append(label("metadata.name", f.Metadata.Name, name), label("metadata.namespace", f.Metadata.Namespace, namespace)...)
}

// label checks a DNS label.
func label(path, value, what string) problem.List {
	switch {
	case value == "":
		return problem.List{{Severity: problem.Error, Path: path, Message: "missing: want " + what + ", a DNS label such as homelab"}}
	case len(validation.IsDNS1123Label(value)) > 0:
		return problem.List{{Severity: problem.Error, Path: path,
			Message: fmt.Sprintf("got %q, want %s: at most 63 lower-case letters, digits and '-', the last not '-'", problem.Clip(value), what)}}
	}
	return nil
}

// reference checks the name of an object.
func reference(path, value, kind string) problem.List {
	switch {
	case value == "":
		return problem.List{{Severity: problem.Error, Path: path, Message: "missing: want the name of " + kind}}
	case len(validation.IsDNS1123Subdomain(value)) > 0:
		return problem.List{{Severity: problem.Error, Path: path,
			Message: fmt.Sprintf("got %q, want the name of %s: lower-case letters, digits, '-' and '.'", problem.Clip(value), kind)}}
	}
	return nil
}

// needSpec reports a config without one.
func (f *fields[T]) needSpec(want, fix string) problem.List {
	if f.root.Field("spec") != nil {
		return nil
	}
	return problem.List{{Severity: problem.Error, Path: "spec", Message: "missing: want " + want, Fix: fix}}
}

// fail is the end of a function that cannot go on.
func (c config) fail(results framework.Results, p problem.Problem) framework.Results {
	return append(results, c.results(problem.List{p})...)
}

// refused is fail for an error, which may be several problems.
func (c config) refused(results framework.Results, err error) framework.Results {
	var failure *problem.Failure
	if errors.As(err, &failure) {
		return append(results, c.results(failure.Problems)...)
	}
	return c.fail(results, problem.Problem{Message: err.Error()})
}
