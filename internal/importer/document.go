package importer

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// document is the stack under construction: values by path, the comment above
// each, and the nodes of the source that each came from.
type document struct {
	root     map[string]any
	comments map[string]string
	from     map[string][]*Node
}

func newDocument() *document {
	return &document{root: map[string]any{}, comments: map[string]string{}, from: map[string][]*Node{}}
}

// path is a place in the document: keys, and numbers for places of a list.
type path []string

func (p path) with(keys ...string) path { return append(slices.Clone(p), keys...) }
func (p path) id() string               { return strings.Join(p, "\x00") }

// String is the path as hearth's problems spell it.
func (p path) String() string {
	var b strings.Builder
	for i, key := range p {
		_, err := strconv.Atoi(key)
		switch {
		case err == nil || strings.ContainsAny(key, "./") || i > 0 && (p[i-1] == "env" || p[i-1] == "annotations" || p[i-1] == "labels"):
			b.WriteString("[" + key + "]")
		case i == 0:
			b.WriteString(key)
		default:
			b.WriteString("." + key)
		}
	}
	return b.String()
}

// parsePath reads a path of a problem.
func parsePath(text string) path {
	var p path
	for text != "" {
		if inner, ok := strings.CutPrefix(text, "["); ok {
			key, rest, _ := strings.Cut(inner, "]")
			p, text = append(p, strings.Trim(key, `"`)), strings.TrimPrefix(rest, ".")
			continue
		}
		i := strings.IndexAny(text, ".[")
		if i < 0 {
			return append(p, text)
		}
		p, text = append(p, text[:i]), strings.TrimPrefix(text[i:], ".")
	}
	return p
}

func (d *document) get(p path) (any, bool) {
	var at any = d.root
	for _, key := range p {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// set puts a value; maps on the way are made.
func (d *document) set(p path, value any) { put(d.root, p, value) }

func put(at any, p path, value any) any {
	if len(p) == 0 {
		return value
	}
	if list, ok := at.([]any); ok {
		if i, err := strconv.Atoi(p[0]); err == nil && i < len(list) {
			list[i] = put(list[i], p[1:], value)
		}
		return list
	}
	m, ok := at.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m[p[0]] = put(m[p[0]], p[1:], value)
	return m
}

// add appends to a list.
func (d *document) add(p path, value any) {
	old, _ := d.get(p)
	list, _ := old.([]any)
	d.set(p, append(list, value))
}

// unset removes a value, and the maps that it leaves empty.
func (d *document) unset(p path) {
	for len(p) > 0 {
		parent, ok := d.get(p[:len(p)-1])
		if !ok {
			return
		}
		key := p[len(p)-1]
		switch v := parent.(type) {
		case map[string]any:
			delete(v, key)
			if len(v) > 0 || len(p) <= 3 {
				return
			}
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(v) {
				return
			}
			rest := slices.Delete(slices.Clone(v), i, i+1)
			d.set(p[:len(p)-1], rest)
			if len(rest) > 0 {
				return
			}
		}
		p = p[:len(p)-1]
	}
}

// carry puts a value of the source into a field, as it is.
func (d *document) carry(p path, value any, n *Node) {
	d.set(p, value)
	d.note(p, n)
	n.say(Carried, field(p), "", "")
}

// change puts a value in place of one of the source.
func (d *document) change(p path, value any, n *Node, why, fix string) {
	d.set(p, value)
	d.note(p, n)
	n.say(Changed, field(p), why, fix)
}

// note records that a field comes from a node.
func (d *document) note(p path, n *Node) {
	if n != nil {
		d.from[p.id()] = append(d.from[p.id()], n)
	}
}

// comment stands above a field in the file.
func (d *document) comment(p path, text string) {
	d.comments[p.id()] = text
}

// field is a path as a person names it: without the base that it is of.
func field(p path) string {
	if len(p) > 3 && p[0] == "spec" && p[1] == "bases" {
		p = p[3:]
	}
	return p.String()
}

// sources are the nodes that a field, what it holds or what it is part of came from.
func (d *document) sources(p path) []*Node {
	if found := d.from[p.id()]; found != nil {
		return found
	}
	var found []*Node
	for id, nodes := range d.from {
		if strings.HasPrefix(id, p.id()+"\x00") {
			found = append(found, nodes...)
		}
	}
	if found != nil {
		slices.SortFunc(found, func(a, b *Node) int { return strings.Compare(a.file+a.path, b.file+b.path) })
		return found
	}
	for i := len(p) - 1; i > 3; i-- {
		if found := d.from[p[:i].id()]; found != nil {
			return found
		}
	}
	return nil
}

// text is the file: fields in the order of their types, short maps on one line.
func (d *document) text(head string) ([]byte, error) {
	node := d.encode(nil, d.root, reflect.TypeFor[v1alpha1.Stack]())
	node.HeadComment = head
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(node); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

func (d *document) encode(p path, value any, of reflect.Type) *yaml.Node {
	for of != nil && of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	n := &yaml.Node{}
	switch v := value.(type) {
	case map[string]any:
		n.Kind = yaml.MappingNode
		for _, key := range ordered(v, of) {
			k := d.encode(nil, key, nil)
			k.HeadComment = wrapped(d.comments[p.with(key).id()], 76-2*len(p))
			n.Content = append(n.Content, k, d.encode(p.with(key), v[key], member(of, key)))
		}
		if len(p) > 3 && short(n) {
			n.Style = yaml.FlowStyle
		}
	case []any:
		n.Kind = yaml.SequenceNode
		var item reflect.Type
		if of != nil && of.Kind() == reflect.Slice {
			item = of.Elem()
		}
		for i, each := range v {
			n.Content = append(n.Content, d.encode(p.with(strconv.Itoa(i)), each, item))
		}
		if short(n) {
			n.Style = yaml.FlowStyle
		}
	case string:
		n.SetString(v)
		if slices.Contains([]string{"y", "n", "yes", "no", "on", "off"}, strings.ToLower(v)) {
			n.Style = yaml.DoubleQuotedStyle // for readers of YAML 1.1
		}
	default:
		_ = n.Encode(v) // of the scalars that scalar makes
	}
	return n
}

// wrapped is a text in lines of a width.
func wrapped(text string, width int) string {
	var b strings.Builder
	room := 0
	for _, word := range strings.Fields(text) {
		switch {
		case b.Len() == 0:
			room = width
		case room < len(word)+1:
			b.WriteString("\n")
			room = width
		default:
			b.WriteString(" ")
			room--
		}
		b.WriteString(word)
		room -= len(word)
	}
	return b.String()
}

// short reports whether a map or list is better read on one line.
func short(n *yaml.Node) bool {
	width := 0
	for _, c := range n.Content {
		width += len(c.Value) + 3
		if c.HeadComment != "" || strings.Contains(c.Value, "\n") || len(c.Content) > 0 && c.Style != yaml.FlowStyle {
			return false
		}
		for _, inner := range c.Content {
			width += len(inner.Value) + 3
			if len(inner.Content) > 0 {
				return false
			}
		}
	}
	return width < 66
}

// ordered are a map's keys: of a struct as its fields stand, else by name.
func ordered(m map[string]any, of reflect.Type) []string {
	var names []string
	if of != nil && of.Kind() == reflect.Struct {
		names = fieldNames(of)
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		i, j := slices.Index(names, a), slices.Index(names, b)
		if i != j {
			return i - j
		}
		return strings.Compare(a, b)
	})
	return keys
}

func fieldNames(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, fieldNames(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}

// member is the type of what stands at a key.
func member(of reflect.Type, key string) reflect.Type {
	if of == nil {
		return nil
	}
	switch of.Kind() {
	case reflect.Map:
		return of.Elem()
	case reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == key {
				return f.Type
			}
			if f.Anonymous && name == "" {
				if t := member(f.Type, key); t != nil {
					return t
				}
			}
		}
	}
	return nil
}

// scalar is a scalar as YAML 1.2 reads it.
func scalar(text string) any {
	switch text {
	case "true", "True":
		return true
	case "false", "False":
		return false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return n
	}
	return text
}

// known reports whether a base has a field.
func known(keys ...string) bool {
	return !slices.Contains(held, strings.Join(keys, ".")) && has(reflect.TypeFor[v1alpha1.Base](), keys)
}

// held are fields that are left alone where there are such: what a source becomes
// is held by the files in testdata, and changes with them. Remove one, and look at
// what -update makes of them.
var held = []string{
	"substitute", "ollama.accelerator.memory",
}

func has(of reflect.Type, keys []string) bool {
	for _, key := range keys {
		for of != nil && (of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice) {
			of = of.Elem()
		}
		if of = member(of, key); of == nil {
			return false
		}
	}
	return true
}
