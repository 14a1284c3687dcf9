package v1alpha1

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// StackCheck is the spec of a function's config of that kind: what the checks
// of `hearth vet` may find in the list without failing.
type StackCheck struct {
	// Exceptions are what may be found, as in a Stack but for overlay: a list has
	// none.
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// ParseStackCheck reads a function's config of kind StackCheck. It is nil if
// there is an error among the problems.
func ParseStackCheck(config *yaml.Node) (*StackCheck, problem.List) {
	var f struct {
		component
		Spec StackCheck `json:"spec,omitempty"`
	}
	root, problems := document.FromNode("", config)
	if root == nil {
		return nil, problems
	}
	if wrong := typeMeta(root, KindStackCheck); wrong != nil {
		return nil, append(problems, wrong...).Sorted()
	}
	unread := document.Decode(root, &f)
	c := checker{node: root, unread: unread}
	var names []string
	for i, e := range f.Spec.Exceptions {
		if e.Overlay != "" {
			c.errorf(fmt.Sprintf("spec.exceptions[%d].overlay", i), "remove it; write object to accept less", "the list is of no overlay that could be told")
			names = append(names, e.Overlay) // so that it is told once
		}
	}
	c.exceptions("spec.exceptions", f.Spec.Exceptions, names)
	problems = append(append(problems, unread...), c.problems...).Sorted()
	if problems.Err() != nil {
		return nil, problems
	}
	return &f.Spec, problems
}
