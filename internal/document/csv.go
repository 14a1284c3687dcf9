package document

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

const (
	// MaxCSV is the size of a CSV file in bytes.
	MaxCSV = 8 << 20
	// maxRows of one, and maxColumns.
	maxRows, maxColumns = 10_000, 64
)

// ParseCSV reads a CSV file (RFC 4180) as a mapping with a list of items, one for
// each row below the first, which names a field in each column: as a path, like
// that of a problem. A cell is what YAML makes of it where the field's type leaves
// that open, null too; an empty one is a field left out. file is its name in
// problems. The Node is nil where the problems leave nothing to decode.
func ParseCSV(file string, data []byte) (*Node, problem.List) {
	t := &table{file: file}
	if len(data) > MaxCSV {
		t.problem(0, 0, wrongFile, "the file has %.1f MiB, at most %d MiB is read", float64(len(data))/(1<<20), MaxCSV>>20)
		return nil, t.problems
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p, bad := unreadable(data); bad {
		p.File = file
		return nil, problem.List{p}
	}
	t.Reader = csv.NewReader(bytes.NewReader(data))
	t.ReuseRecord = true
	list := &Node{file: file, key: "items", line: 1, column: 1, kind: listKind}
	if !t.head() {
		return nil, t.problems
	}
	for t.row(list) {
	}
	if t.problems.Err() != nil {
		return nil, t.problems
	}
	root := &Node{file: file, line: 1, column: 1, kind: mapKind, fields: map[string]*Node{"items": list}}
	list.parent = root
	return root, t.problems
}

// table is a CSV file that is being read.
type table struct {
	*csv.Reader
	file     string
	columns  []column
	problems problem.List
}

// column is a field's path, and where it stands in the first line.
type column struct {
	path         []string
	line, column int
}

func (t *table) problem(line, column int, fix, format string, args ...any) {
	t.problems = append(t.problems, problem.Problem{
		Severity: problem.Error, File: t.file, Line: line, Column: column,
		Message: fmt.Sprintf(format, args...), Fix: fix,
	})
}

// next is the next record; false at the end, or where it is no CSV.
func (t *table) next() ([]string, bool) {
	record, err := t.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, false
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount):
		t.problem(wrong.Line, 1, "write a comma for each, and nothing for an empty cell", "got %d cells, want the %d of the first line", len(record), len(t.columns))
		return nil, false
	case errors.As(err, &wrong):
		t.problem(wrong.Line, wrong.Column, `put a cell with a quote, comma or line end into quotes, and write "" for a quote in it`, "not valid CSV: %v", wrong.Err)
		return nil, false
	case err != nil:
		t.problem(0, 0, "", "not valid CSV: %v", err)
		return nil, false
	}
	return record, true
}

// head reads the first line.
func (t *table) head() bool {
	record, ok := t.next()
	if !ok {
		if t.problems == nil {
			t.problem(0, 0, "", "the file is empty: want a first line that names a field in each column")
		}
		return false
	}
	if len(record) > maxColumns {
		t.problem(1, 1, "", "got %d columns, want at most %d", len(record), maxColumns)
		return false
	}
	for i, name := range record {
		c := column{path: splitPath(strings.TrimSpace(name))}
		c.line, c.column = t.FieldPos(i)
		for j, other := range t.columns {
			short := min(len(c.path), len(other.path))
			if c.path != nil && short > 0 && slices.Equal(c.path[:short], other.path[:short]) {
				t.problem(c.line, c.column, "keep one of them", "got the column %q, and column %d sets the same field, or one in it", problem.Clip(name), j+1)
			}
		}
		if c.path == nil {
			t.problem(c.line, c.column, "", "got the column %q, want the path of a field, such as name or overrides.ai.expose.host", problem.Clip(name))
		}
		t.columns = append(t.columns, c)
	}
	return t.problems == nil
}

// row reads one line into an item of the list.
func (t *table) row(list *Node) bool {
	record, ok := t.next()
	if !ok {
		return false
	}
	line, _ := t.FieldPos(0)
	if len(list.items) == maxRows {
		t.problem(line, 1, "make several stacks of it, each in a folder of its own", "more than %d rows", maxRows)
		return false
	}
	item := &Node{file: t.file, parent: list, index: len(list.items), line: line, column: 1, kind: mapKind, fields: map[string]*Node{}}
	for i, cell := range record {
		if cell == "" {
			continue
		}
		line, column := t.FieldPos(i)
		item.put(t.columns[i], &Node{
			file: t.file, line: line, column: column, text: strings.Clone(cell), cell: true,
			kind: scalarKind(&yaml.Node{Kind: yaml.ScalarNode, Value: cell}),
		})
	}
	list.items = append(list.items, item)
	return true
}

// put sets the value of a column.
func (n *Node) put(c column, value *Node) {
	for i, key := range c.path {
		child := n.fields[key]
		if i == len(c.path)-1 {
			child = value
		} else if child == nil {
			child = &Node{file: n.file, line: value.line, column: value.column, kind: mapKind, fields: map[string]*Node{}}
		}
		child.parent, child.key, child.keyLine, child.keyColumn = n, key, c.line, c.column
		n.fields[key], n = child, child
	}
}

// splitPath are the names in the path of a field, as [Join] writes it; nil if it is
// none.
func splitPath(path string) []string {
	var names []string
	for rest := "." + path; rest != ""; {
		if rest[0] == '.' {
			end := 1 + simplePrefix(rest[1:])
			if end == 1 {
				return nil
			}
			names, rest = append(names, rest[1:end]), rest[end:]
			continue
		}
		key, after, closed := strings.Cut(rest[1:], "]")
		if rest[0] != '[' || !closed || !bracketKey.MatchString(key) {
			return nil
		}
		names, rest = append(names, key), after
	}
	return names
}
