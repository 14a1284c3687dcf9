package schema

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// examples are a value of each field, by Type.field, from hearth.yaml and the
// tests' stack that has every field; a test makes the file. The schema has none
// of them: an editor would write them as if they were meant.
//
//go:embed examples.json
var examples []byte

// Document is a kind of file whose fields can be looked up.
type Document struct {
	Kind, Version string

	root     *jsonschema.Schema
	examples map[string]json.RawMessage
}

// Stack is hearth.yaml.
func Stack() (*Document, error) { return Of(v1alpha1.Kind, reflect.TypeFor[v1alpha1.Stack]()) }

// FunctionStack is a Stack that is the config of a function.
func FunctionStack() (*Document, error) { return of(v1alpha1.Kind)(function()) }

// Of is the config of a function of a kind; its fields are those of the type.
func Of(kind string, t reflect.Type) (*Document, error) { return of(kind)(document(t, kind)) }

func of(kind string) func(*jsonschema.Schema, error) (*Document, error) {
	return func(root *jsonschema.Schema, err error) (*Document, error) {
		if err != nil {
			return nil, err
		}
		d := &Document{Kind: kind, Version: root.Properties["apiVersion"].Enum[0].(string), root: root}
		if err := json.Unmarshal(examples, &d.examples); err != nil {
			return nil, fmt.Errorf("examples of the fields: %w", err)
		}
		return d, nil
	}
}

// Field is one field, at one path; the document itself is that of the path "".
type Field struct {
	Path, Name string
	Required   bool

	of     *Document
	owner  string             // the type that has it
	schema *jsonschema.Schema // as its owner has it
	object *jsonschema.Schema // what has the fields below it; nil if there are none
}

// Root is the document as a field.
func (d *Document) Root() Field { return Field{of: d, schema: d.root, object: d.root} }

// Find is the field at a path such as spec.bases[0].ollama.storage. An index may
// be missing or empty, and so may the first element, spec.
func (d *Document) Find(path string) (Field, error) {
	steps, err := split(path)
	if err != nil {
		return Field{}, fmt.Errorf("%q: %w", path, err)
	}
	at := d.Root()
	if spec, ok := at.field("spec"); ok && len(steps) > 0 {
		if _, top := at.field(steps[0]); !top {
			if _, below := spec.field(steps[0]); below {
				at = spec
			}
		}
	}
	inside := "" // a name of the map that the field is
	for i, step := range steps {
		next, ok := at.field(step)
		if !ok && inside == "" && at.isMap() {
			inside = step
			continue
		}
		if !ok {
			return Field{}, d.unknown(at, step, strings.Join(steps[i:], "."))
		}
		at, inside = next, ""
	}
	return at, nil
}

// split are the names in a path, without indices: a[0].b[] is a and b, and
// a[x.y].b is a, x.y and b.
func split(path string) ([]string, error) {
	var steps []string
	for rest := strings.TrimPrefix(path, "."); rest != ""; {
		name, bracket := rest, false
		if i := strings.IndexAny(rest, ".["); i >= 0 {
			name, bracket = rest[:i], rest[i] == '['
			rest = rest[i+1:]
		} else {
			rest = ""
		}
		if name != "" {
			steps = append(steps, name)
		} else if !bracket {
			return nil, errors.New("want names with one dot between them, such as spec.bases.ollama")
		}
		if !bracket {
			continue
		}
		key, after, closed := strings.Cut(rest, "]")
		if !closed || after != "" && after[0] != '.' && after[0] != '[' {
			return nil, errors.New("want ] and then a dot, such as spec.bases[0].ollama")
		}
		if strings.Trim(key, "0123456789*") != "" {
			steps = append(steps, key)
		}
		rest = after
		if rest != "" && rest[0] == '.' {
			rest = rest[1:]
		}
	}
	return steps, nil
}

// unknown says what there is instead of a field.
func (d *Document) unknown(at Field, name, rest string) error {
	text := fmt.Sprintf("%s: no such field", join(at.inner(), rest))
	if at.object == nil {
		return fmt.Errorf("%s: %s is %s and has no fields", text, at.Path, article(at.Type()))
	}
	var names []string
	for _, f := range at.Fields() {
		names = append(names, f.Name)
	}
	where := cmp.Or(at.inner(), d.Kind)
	text += fmt.Sprintf("; the fields of %s are %s", where, strings.Join(names, ", "))
	if places := d.named(name); len(places) > 0 {
		text += "; " + name + " is at " + strings.Join(places, ", ")
	}
	if s := spelling.Suggest(name, names); s != "" {
		text += "; " + s
	}
	return errors.New(text)
}

func article(text string) string {
	if strings.ContainsAny(text[:1], "aeioAEIO") {
		return "an " + text
	}
	return "a " + text
}

// named are the first places of a field, not counting overlays.
func (d *Document) named(name string) []string {
	const shown = 4
	var places []string
	d.Walk(func(f Field) bool {
		if strings.EqualFold(f.Name, name) && len(places) < shown {
			places = append(places, f.Path)
		}
		return !strings.HasPrefix(f.Path, "spec.overlays[]")
	})
	return places
}

// Walk visits every field, each before those below it, as far as visit says to
// go on.
func (d *Document) Walk(visit func(Field) bool) { d.Root().walk(nil, visit) }

func (f Field) walk(above []*jsonschema.Schema, visit func(Field) bool) {
	if f.Path != "" && !visit(f) || slices.Contains(above, f.object) {
		return
	}
	for _, below := range f.Fields() {
		below.walk(append(above, f.object), visit)
	}
}

// Fields are those below a field, in the order of their type.
func (f Field) Fields() []Field {
	if f.object == nil {
		return nil
	}
	var fields []Field
	for _, name := range f.object.PropertyOrder {
		below, _ := f.field(name)
		fields = append(fields, below)
	}
	return fields
}

// field is the one of a name below another.
func (f Field) field(name string) (Field, bool) {
	if f.object == nil || f.object.Properties[name] == nil {
		return Field{}, false
	}
	s := f.object.Properties[name]
	below := Field{
		Path: join(f.inner(), name), Name: name, Required: slices.Contains(f.object.Required, name),
		of: f.of, owner: f.Type(), schema: s, object: f.of.object(s),
	}
	return below, true
}

// inner is the path of what has the fields below a field.
func (f Field) inner() string {
	switch {
	case f.isMap():
		return f.Path + "[NAME]"
	case strings.HasPrefix(f.Type(), "[]"):
		return f.Path + "[]"
	}
	return f.Path
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// forms are what a value may be, without null, and the name of each that is a
// definition.
func (d *Document) forms(s *jsonschema.Schema) (forms []*jsonschema.Schema, names []string) {
	for _, part := range slices.Concat(s.AllOf, s.AnyOf) {
		f, n := d.forms(part)
		forms, names = append(forms, f...), append(names, n...)
	}
	switch {
	case s.Ref != "":
		name := strings.TrimPrefix(s.Ref, "#/definitions/")
		return []*jsonschema.Schema{d.root.Definitions[name]}, []string{name}
	case forms != nil || s.Type == "null":
		return forms, names
	}
	return []*jsonschema.Schema{s}, []string{""}
}

// object is what has the fields of a value, or of its elements.
func (d *Document) object(s *jsonschema.Schema) *jsonschema.Schema {
	forms, _ := d.forms(s)
	for _, form := range forms {
		switch {
		case form.Properties != nil:
			return form
		case form.Items != nil:
			return d.object(form.Items)
		case form.AdditionalProperties != nil && form.AdditionalProperties.Not == nil:
			return d.object(form.AdditionalProperties)
		}
	}
	return nil
}

func (f Field) isMap() bool { return strings.HasPrefix(f.Type(), "map[") }

// Type is the name of a field's type: string, []CIDR, map[string]string, Storage.
func (f Field) Type() string { return f.of.typeOf(f.schema) }

func (d *Document) typeOf(s *jsonschema.Schema) string {
	forms, names := d.forms(s)
	for _, name := range names {
		if name != "" {
			return strings.TrimSuffix(name, "Override")
		}
	}
	form := forms[0]
	types := slices.DeleteFunc(slices.Concat(form.Types, []string{form.Type}), func(t string) bool { return t == "null" || t == "" })
	switch {
	case form.Title != "" && form != d.root:
		return form.Title
	case form.Items != nil:
		return "[]" + d.typeOf(form.Items)
	case form.AdditionalProperties != nil && form.AdditionalProperties.Not == nil:
		return "map[string]" + d.typeOf(form.AdditionalProperties)
	case types == nil || slices.Equal(types, []string{"object"}):
		return "Object"
	}
	return strings.Join(types, " or ")
}

// scalar is the form of a field's value, or of its elements, that has no fields.
func (f Field) scalar() *jsonschema.Schema {
	s := f.schema
	for s != nil {
		forms, _ := f.of.forms(s)
		s = nil
		for _, form := range forms {
			switch {
			case form.Items != nil:
				s = form.Items
			case form.AdditionalProperties != nil && form.AdditionalProperties.Not == nil:
				s = form.AdditionalProperties
			case form.Properties == nil:
				return form
			}
		}
	}
	return &jsonschema.Schema{}
}

// Meaning is what a field does, and how it is given.
func (f Field) Meaning() string { return f.schema.Description }

// Summary is the first sentence of its meaning.
func (f Field) Summary() string {
	first, _, _ := strings.Cut(f.Meaning(), "\n")
	for i := 0; ; {
		j := strings.Index(first[i:], ". ")
		if j < 0 {
			return strings.TrimSuffix(first, ":")
		}
		i += j + 2
		if next := first[i]; next >= 'A' && next <= 'Z' {
			return first[:i-1]
		}
	}
}

// Allowed are the values that there are, none if there are others.
func (f Field) Allowed() []string {
	var values []string
	for _, v := range f.scalar().Enum {
		if v != nil {
			values = append(values, fmt.Sprint(v))
		}
	}
	return values
}

// Default is the value that a missing field has, as YAML; "" if there is none or
// it follows from others.
func (f Field) Default() string {
	if f.schema.Default == nil {
		return ""
	}
	return flow(f.schema.Default)
}

// Form says in words how a value looks, "" if its type says all.
func (f Field) Form() string {
	words, _ := f.scalar().Extra[patternInWords].(string)
	return words
}

// Example is a value of a field, as YAML; "" if none is known.
func (f Field) Example() string {
	owner := strings.TrimPrefix(strings.TrimPrefix(f.owner, "map[string]"), "[]")
	for _, typ := range []string{owner, strings.TrimSuffix(owner, "Spec")} { // a function's spec has the fields of its component
		if e := f.of.examples[typ+"."+f.Name]; e != nil {
			return flow(e)
		}
	}
	if e := f.scalar().Examples; len(e) > 0 {
		text, _ := json.Marshal(e[0]) // was read from JSON
		return flow(text)
	}
	return ""
}

// flow is a value in JSON as YAML on one line.
func flow(value []byte) string {
	var v any
	if json.Unmarshal(value, &v) != nil {
		return string(value)
	}
	return flowed(v)
}

func flowed(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, flowed(key)+": "+flowed(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, flowed(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		if strings.ContainsAny(v, ",[]{}\n") {
			text, _ := json.Marshal(v)
			return string(text)
		}
	}
	text, _ := yaml.Marshal(v) // came from JSON
	return strings.TrimSuffix(string(text), "\n")
}

// JSON is the schema of a field, with the definitions that it uses.
func (f Field) JSON() ([]byte, error) {
	if f.schema == f.of.root {
		return json.MarshalIndent(f.schema, "", "  ")
	}
	fragment := f.schema.CloneSchemas()
	used := map[string]*jsonschema.Schema{}
	f.of.uses(fragment, used)
	if len(used) > 0 {
		fragment.Definitions = used
	}
	return json.MarshalIndent(fragment, "", "  ")
}

// uses collects the definitions that a schema refers to.
func (d *Document) uses(s *jsonschema.Schema, used map[string]*jsonschema.Schema) {
	if s == nil {
		return
	}
	name := strings.TrimPrefix(s.Ref, "#/definitions/")
	if def := d.root.Definitions[name]; def != nil && used[name] == nil {
		used[name] = def
		d.uses(def, used)
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, slices.Collect(maps.Values(s.Properties)), []*jsonschema.Schema{s.Items, s.AdditionalProperties}) {
		d.uses(part, used)
	}
}

// Complete are the paths that go on from what was typed: those of the fields of
// the last name that is whole.
func (d *Document) Complete(typed string) []Field {
	i := strings.LastIndexByte(typed, '.')
	at := d.Root()
	if i >= 0 {
		var err error
		if at, err = d.Find(typed[:i]); err != nil {
			return nil
		}
	}
	fields := at.Fields()
	if i < 0 && typed != "" { // spec. may be left out
		if spec, ok := at.field("spec"); ok {
			fields = append(fields, spec.Fields()...)
		}
	}
	var out []Field
	for _, f := range fields {
		f.Path = typed[:i+1] + f.Name
		if strings.HasPrefix(f.Path, typed) {
			out = append(out, f)
		}
	}
	return out
}

// Text is what a person reads of a field, in 80 columns, laid out as kubectl's
// explain; recursive shows all that is below it instead of what it means.
func (f Field) Text(recursive bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "KIND:     %s\nVERSION:  %s\n", f.of.Kind, f.of.Version)
	if f.Path != "" {
		fmt.Fprintf(&b, "PATH:     %s\n\nFIELD: %s <%s>%s\n", f.Path, f.Name, f.Type(), f.required())
	}
	paragraphs := func(title string, texts ...string) {
		if texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" }); len(texts) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s:\n", title)
		for i, text := range texts {
			if i > 0 {
				b.WriteString("\n")
			}
			hang(&b, 4, text)
		}
	}
	paragraphs("DESCRIPTION", f.Meaning(), f.patch())
	paragraphs("FORM", f.Form())
	paragraphs("ENUM", strings.Join(f.Allowed(), "\n"))
	paragraphs("DEFAULT", f.Default())
	paragraphs("EXAMPLE", f.Example())
	if fields := f.Fields(); len(fields) > 0 {
		b.WriteString("\nFIELDS:\n")
		for i, below := range fields {
			if recursive {
				below.tree(&b, 2, nil)
				continue
			}
			if i > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "  %s <%s>%s\n", below.Name, below.Type(), below.required())
			hang(&b, 4, below.Summary())
		}
	}
	return b.String()
}

// patch says what the fields of an overlay's entry are.
func (f Field) patch() string {
	for name, def := range f.of.root.Definitions {
		if def == f.object && strings.HasSuffix(name, "Override") && f.of.root.Definitions[strings.TrimSuffix(name, "Override")] != nil {
			return "In an overlay every field is optional: one that is written changes the base's, null returns it to its default, and a list replaces the base's list."
		}
	}
	return ""
}

func (f Field) required() string {
	if f.Required {
		return " -required-"
	}
	return ""
}

func (f Field) tree(b *strings.Builder, indent int, above []*jsonschema.Schema) {
	fmt.Fprintf(b, "%*s%s <%s>%s\n", indent, "", f.Name, f.Type(), f.required())
	if slices.Contains(above, f.object) {
		return
	}
	for _, below := range f.Fields() {
		below.tree(b, indent+2, append(above, f.object))
	}
}

func hang(b *strings.Builder, indent int, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(columns.Hang(columns.Width, strings.Repeat(" ", indent), line))
	}
}
