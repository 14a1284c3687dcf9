package generator

import (
	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
)

// Load reads a Stack from YAML or JSON and resolves it; file is its name in
// problems. The result is nil if there is an error among the problems, which are
// sorted by position. Warnings come with a result.
func Load(file string, data []byte) (*v1alpha1.Resolved, problem.List) {
	return read(file, data, resolve.Stack)
}

// Parse reads a Stack as it was written: nothing is merged, filled in or
// checked but that every value is of its field's form.
func Parse(file string, data []byte) (*v1alpha1.Stack, problem.List) {
	return read(file, data, resolve.Written)
}

// Resolve is Load for a Stack that a Go program built, or Parse read. The Stack
// is not changed, and the problems have no positions.
func Resolve(stack *v1alpha1.Stack) (*v1alpha1.Resolved, problem.List) {
	root, problems := document.FromValue(stack)
	return then(root, problems, resolve.Stack)
}

func read[T any](file string, data []byte, decode func(*document.Node) (*T, problem.List)) (*T, problem.List) {
	root, problems := document.Parse(file, data)
	return then(root, problems, decode)
}

// then decodes a document that has these problems already.
func then[T any](root *document.Node, problems problem.List, decode func(*document.Node) (*T, problem.List)) (*T, problem.List) {
	if root == nil {
		return nil, problems
	}
	out, more := decode(root)
	problems = append(problems, more...).Sorted()
	if problems.Err() != nil {
		return nil, problems
	}
	return out, problems
}
