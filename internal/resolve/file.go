package resolve

import (
	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
)

// File is a stack that was read from a file, with the lists that its templates name.
type File struct {
	root *document.Node
	// Stack is nil if there is an error among the problems, which are sorted by
	// position.
	Stack    *v1alpha1.Resolved
	Problems problem.List
}

// Read reads a stack; name is its file's in problems. read is asked for each list,
// by its name below the folder of the stack.
func Read(name string, data []byte, read func(name string) ([]byte, error)) File {
	f := File{}
	f.root, f.Problems = document.Parse(name, data)
	if f.root != nil {
		var found problem.List
		f.root, found = Include(f.root, read)
		f.Problems = append(f.Problems, found...)
	}
	if f.root != nil {
		var found problem.List
		f.Stack, found = Stack(f.root)
		f.Problems = append(f.Problems, found...)
	}
	if f.Problems = f.Problems.Sorted(); f.Problems.Err() != nil {
		f.Stack = nil
	}
	return f
}

// Expanded is the document of a stack without an error, with each template written
// out: it has the overlays that the stack has, in their order.
func (f File) Expanded() *document.Node {
	root, _ := expand(f.root)
	return root
}

// With is the stack with changes of the file made; nil if there is an error among
// the problems. A place that is missing shows in what follows.
func (f File) With(changes []problem.Change) (*v1alpha1.Resolved, problem.List) {
	root := f.root
	for _, c := range changes {
		root, _ = root.With(c)
	}
	return Stack(root)
}

// Place says where in the files problems of the resolved stack stand.
func (f File) Place(problems problem.List) problem.List {
	if f.root == nil {
		return problems
	}
	return f.Expanded().Place(problems, nil)
}
