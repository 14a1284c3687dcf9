package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

// maxSize of a file. A stack of a hundred overlays is a tenth of this.
const maxSize = 1 << 20

const wrongFile = "check that this is the right file"

// Parse reads the one YAML or JSON document in data; file is its name in
// problems. The Node is nil where the problems leave nothing to decode.
func Parse(file string, data []byte) (*Node, problem.List) {
	whole := func(line int, fix, format string, args ...any) problem.List {
		return problem.List{{
			Severity: problem.Error, File: file, Line: line, Column: firstColumn(data, line),
			Message: fmt.Sprintf(format, args...), Fix: fix,
		}}
	}
	if len(data) > maxSize {
		return nil, whole(0, wrongFile,
			"the file has %.1f MiB, at most %d MiB is read", float64(len(data))/(1<<20), maxSize>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p, bad := unreadable(data); bad {
		p.File = file
		return nil, problem.List{p}
	}
	docs, err := documents(data)
	if err != nil {
		line, message, fix := syntaxError(data, err)
		return nil, whole(line, fix, "not valid YAML: %s", message)
	}
	if len(docs) == 0 {
		return nil, whole(0, "", "the file is empty: want one document")
	}
	n, problems := FromNode(file, docs[0].Content[0])
	if len(docs) > 1 {
		problems = append(problems, whole(docs[1].Line, "keep one and move the others to files of their own",
			"the file has %d documents, the second starts here; want one", len(docs))...)
	}
	return n, problems.Sorted()
}

// FromNode is Parse for a document that the YAML library has read already.
func FromNode(file string, root *yaml.Node) (*Node, problem.List) {
	return (&tree{file: file}).document(root)
}

// FromValue is Parse for a value that a Go program built: what has Go's zero
// value is absent, and nothing has a line.
func FromValue(value any) (*Node, problem.List) {
	failed := func(err error) problem.List {
		return problem.List{{Severity: problem.Error, Message: fmt.Sprintf("not a value that JSON has: %v", err)}}
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, failed(err)
	}
	docs, err := documents(data) // JSON is YAML
	if err != nil {
		return nil, failed(err)
	}
	return (&tree{built: true}).document(docs[0].Content[0])
}

func (t *tree) document(root *yaml.Node) (*Node, problem.List) {
	t.open = map[*yaml.Node]bool{}
	n := t.node(root, &Node{line: root.Line, column: root.Column})
	switch {
	case t.stopped:
		n = nil
	case n.kind != mapKind:
		p := n.Problem("", "got %s, want a mapping", n.describe())
		p.Fix = `write the fields as "name: value" lines`
		t.problems = append(t.problems, p)
		n = nil
	}
	return n, t.all()
}

// firstColumn is where the text of a line begins, 0 if there is no such line.
func firstColumn(data []byte, line int) int {
	for l := range bytes.Lines(data) {
		if line--; line == 0 {
			return 1 + len(l) - len(bytes.TrimLeft(l, " \t"))
		}
	}
	return 0
}

// documents are the YAML documents in data that are not empty.
func documents(data []byte) (docs []*yaml.Node, err error) {
	// The library reports errors of its own by panics, and has let some escape.
	defer func() {
		if r := recover(); r != nil {
			docs, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		doc := &yaml.Node{}
		switch err := d.Decode(doc); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, err
		}
		if len(doc.Content) == 1 && doc.Content[0].ShortTag() != "!!null" {
			docs = append(docs, doc)
		}
	}
}
