package upgrade

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

// Edit is the stack with the versions of the plan, and each other byte as it was:
// a library that writes YAML drops blank lines and moves comments. An error names
// the field that has no plain place in the text, or is in a list of its own.
func (p *Plan) Edit(file string, data []byte) ([]byte, error) {
	if err := p.elsewhere(file); err != nil {
		return nil, err
	}
	for _, c := range p.changes {
		next, err := edit(data, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w; write %v there", c.Path, err, c.Value)
		}
		data = next
	}
	return data, nil
}

// mostNamed is how many places an error names.
const mostNamed = 10

// elsewhere names the changes that are not in the stack's own file.
func (p *Plan) elsewhere(file string) error {
	var places []string
	more := 0
	for i, at := range p.places {
		switch {
		case at.File == file:
		case len(places) == mostNamed:
			more++
		default:
			places = append(places, fmt.Sprintf("%s:%d:%d: write %v there", at.File, at.Line, at.Column, p.changes[i].Value))
		}
	}
	if places == nil {
		return nil
	}
	if more > 0 {
		places = append(places, fmt.Sprintf("and at %d more places", more))
	}
	return fmt.Errorf("--write changes %s alone, and these versions are in a list that it names; nothing is written until they are:\n  %s", file, strings.Join(places, "\n  "))
}

var (
	errPlace = errors.New("the text around it is too unusual to change")
	step     = regexp.MustCompile(`[^.\[\]]+`)
)

// edit sets one text in a document, and looks whether that, and nothing else, is
// what came of it.
func edit(data []byte, c problem.Change) ([]byte, error) {
	var doc yaml.Node
	var before, after any
	if err := errors.Join(yaml.Unmarshal(data, &doc), yaml.Unmarshal(data, &before)); err != nil {
		return nil, err
	}
	path, value := step.FindAllString(c.Path, -1), fmt.Sprint(c.Value)
	e := editor{lines: bytes.SplitAfter(data, []byte("\n"))}
	if !e.set(doc.Content[0], nil, path, value) {
		return nil, errPlace
	}
	edited := bytes.Join(e.lines, nil)
	if err := yaml.Unmarshal(edited, &after); err != nil || !reflect.DeepEqual(put(before, path, value), after) {
		return nil, errPlace
	}
	return edited, nil
}

// put is a decoded value with a text at a path.
func put(in any, path []string, value string) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := in.([]any); ok {
		i, _ := strconv.Atoi(path[0])
		list[i] = put(list[i], path[1:], value)
		return list
	}
	fields, ok := in.(map[string]any)
	if !ok {
		fields = map[string]any{}
	}
	fields[path[0]] = put(fields[path[0]], path[1:], value)
	return fields
}

type editor struct{ lines [][]byte }

// set walks to the end of the path, or to where it leaves what is written. key is
// the one that the node stands behind.
func (e *editor) set(n, key *yaml.Node, path []string, value string) bool {
	switch {
	case len(path) == 0:
		return e.replace(n, value)
	case n.Kind == yaml.SequenceNode:
		i, err := strconv.Atoi(path[0])
		return err == nil && i < len(n.Content) && e.set(n.Content[i], nil, path[1:], value)
	case n.Kind != yaml.MappingNode:
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == path[0] {
			return e.set(n.Content[i+1], n.Content[i], path[1:], value)
		}
	}
	return e.insert(n, key, path, value)
}

// replace puts a scalar in the place of another one on its line.
func (e *editor) replace(n *yaml.Node, value string) bool {
	if n.Kind != yaml.ScalarNode || n.Anchor != "" || n.Style&(yaml.TaggedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return false
	}
	line := []rune(string(e.lines[n.Line-1]))
	start := n.Column - 1
	end := start + len([]rune(n.Value))
	if quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0; quoted {
		end, value = end+2, strconv.Quote(value)
	} else {
		value = scalar(value)
	}
	if end > len(line) {
		return false
	}
	e.lines[n.Line-1] = []byte(string(line[:start]) + value + string(line[end:]))
	return true
}

// insert puts a field in front of the others of a mapping, where no comment is
// torn from what it is about.
func (e *editor) insert(n, key *yaml.Node, path []string, value string) bool {
	text := scalar(value)
	json := len(n.Content) > 0 && n.Content[0].Style&yaml.DoubleQuotedStyle != 0
	if json {
		text = strconv.Quote(value)
	}
	for i := len(path) - 1; i >= 0; i-- {
		name := path[i]
		if json {
			name = strconv.Quote(name)
		}
		if text = name + ": " + text; i > 0 {
			text = "{" + text + "}"
		}
	}
	if n.Style&yaml.FlowStyle != 0 {
		line := []rune(string(e.lines[n.Line-1]))
		if n.Column > len(line) {
			return false
		}
		if len(n.Content) > 0 {
			text += ", "
		}
		e.lines[n.Line-1] = []byte(string(line[:n.Column]) + text + string(line[n.Column:]))
		return true
	}
	if len(n.Content) == 0 {
		return false
	}
	first := n.Content[0]
	behind := first.Line // an item of a list: its first field stays in front
	if key != nil {
		behind = key.Line
	}
	line := []byte(strings.Repeat(" ", first.Column-1) + text + "\n")
	if last := e.lines[behind-1]; !bytes.HasSuffix(last, []byte("\n")) {
		e.lines[behind-1] = append(bytes.Clone(last), '\n')
	}
	e.lines = append(e.lines[:behind], append([][]byte{line}, e.lines[behind:]...)...)
	return true
}

// scalar is a tag as YAML takes it for a text: two numbers alone are one number.
func scalar(tag string) string {
	if strings.Count(tag, ".") < 2 && !strings.Contains(tag, "-") {
		return strconv.Quote(tag)
	}
	return tag
}
