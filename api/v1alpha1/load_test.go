package v1alpha1_test

import (
	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
)

// load is generator.Load.
func load(file string, data []byte) (*v1alpha1.Resolved, problem.List) {
	root, problems := document.Parse(file, data)
	if root == nil {
		return nil, problems
	}
	r, found := resolve.Stack(root)
	if problems = append(problems, found...).Sorted(); problems.Err() != nil {
		return nil, problems
	}
	return r, problems
}
