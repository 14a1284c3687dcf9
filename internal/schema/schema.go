// Package schema is the JSON Schema of a Stack, as hearth.yaml and as a
// function's config, made of the types in
// api/v1alpha1: their fields, comments, defaults and allowed values.
//
// It is draft-07, what editors read. Rejected as the reflector:
// github.com/invopop/jsonschema and google/jsonschema-go's For, which know
// neither the decoder's two forms of a value nor a merge patch; the first
// writes draft 2020-12 with descriptions beside $ref, which draft-07 ignores.
package schema

import (
	_ "embed"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// comments are those of the types and fields in api/v1alpha1, by Type and
// Type.field; a test makes the file.
//
//go:embed comments.json
var comments []byte

// JSON is the schema of a Stack.
func JSON() ([]byte, error) { return text(document(reflect.TypeFor[v1alpha1.Stack](), v1alpha1.Kind)) }

// Function is the schema of a Stack that is the config of a KRM function: it has
// any metadata, as other objects do, and names the overlay to emit.
func Function() ([]byte, error) { return text(function()) }

func function() (*jsonschema.Schema, error) {
	root, err := document(reflect.TypeFor[v1alpha1.Stack](), v1alpha1.Kind)
	if err != nil {
		return nil, err
	}
	root.Title = "hearth Stack, as a function's config"
	texts := func(of string) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", Description: of, AdditionalProperties: &jsonschema.Schema{Type: "string"}}
	}
	metadata := root.Definitions["Metadata"]
	metadata.AdditionalProperties = nil
	metadata.Properties["annotations"] = texts("Annotations such as config.kubernetes.io/function, which says how the function is run. No generated object gets them.")
	metadata.Properties["labels"] = texts("Labels of the config alone. No generated object gets them.")
	metadata.PropertyOrder = append(metadata.PropertyOrder, "annotations", "labels")
	spec := root.Definitions["Spec"]
	spec.Properties["overlay"] = &jsonschema.Schema{Type: "string", Description: "Overlay to emit. Default: the only one there is."}
	spec.PropertyOrder = append([]string{"overlay"}, spec.PropertyOrder...)
	return root, nil
}

func text(root *jsonschema.Schema, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

// document is the schema of a file of the type, whose kind it says.
func document(t reflect.Type, kind string) (*jsonschema.Schema, error) {
	r := reflector{definitions: map[string]*jsonschema.Schema{}, defaults: defaults()}
	if err := json.Unmarshal(comments, &r.comments); err != nil {
		return nil, fmt.Errorf("comments of the fields: %w", err)
	}
	root := r.structure(t, false)
	root.Schema = "http://json-schema.org/draft-07/schema#"
	root.Title, root.Description = "hearth "+kind, r.comments[typeName(t)]
	if v := root.Properties["apiVersion"]; kind != "ConfigMap" {
		v.Enum = []any{v1alpha1.APIVersion}
	} else {
		v.Enum = []any{"v1"}
	}
	root.Properties["kind"].Enum = []any{kind}
	root.Definitions = r.definitions
	return root, nil
}

type reflector struct {
	comments    map[string]string
	defaults    map[string]any
	definitions map[string]*jsonschema.Schema
}

// scalars are the types that take any scalar as spelled: what they are as a
// string, and how one may look.
var scalars = map[reflect.Type]jsonschema.Schema{
	reflect.TypeFor[v1alpha1.Quantity]():  {Types: []string{"string", "number"}, Pattern: `^(auto|none|\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,4})?)$`, Examples: []any{"8Gi", "512Mi"}},
	reflect.TypeFor[v1alpha1.Duration]():  {Types: []string{"string"}, Pattern: duration, Examples: []any{"90s", "720h"}},
	reflect.TypeFor[v1alpha1.KeepAlive](): {Types: []string{"string", "integer"}, Pattern: `^(-1|0|` + strings.Trim(duration, "^$") + `)$`, Examples: []any{"30m", "-1"}},
	reflect.TypeFor[v1alpha1.BodySize]():  {Types: []string{"string", "number"}, Pattern: `^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,4})?$`, Examples: []any{"10Mi"}},
	reflect.TypeFor[v1alpha1.CIDR]():      {Types: []string{"string"}, Pattern: `^[0-9a-fA-F:.]+/[0-9]{1,3}$`, Examples: []any{"10.0.0.0/8", "2001:db8::/32"}},
	reflect.TypeFor[v1alpha1.Date]():      {Types: []string{"string"}, Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$`, Examples: []any{"2026-05-20"}},
	reflect.TypeFor[v1alpha1.Host]():      {Types: []string{"string"}, Pattern: `^([^./:\s]+(\.[^./:\s]+)+|.*\$\{.*\}.*)$`, Examples: []any{"chat.example.org"}},
	reflect.TypeFor[v1alpha1.Port]():      {Types: []string{"string", "integer"}, Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(65535.0), Pattern: `^[0-9]+$`},
	reflect.TypeFor[v1alpha1.ID]():        {Types: []string{"string", "integer"}, Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(2147483647.0), Pattern: `^[0-9]+$`, Examples: []any{1000}},
	reflect.TypeFor[v1alpha1.Number]():    {Types: []string{"string", "number"}, Pattern: `^-?[0-9]{1,10}(\.[0-9]{1,10})?$`, Examples: []any{"0.7", 40}},
	reflect.TypeFor[v1alpha1.Threads]():   {Types: []string{"string", "integer"}, Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(1024.0), Pattern: `^(auto|[0-9]+)$`, Examples: []any{"auto", 4}},
	reflect.TypeFor[v1alpha1.EnvValue]():  {Types: []string{"string", "number", "boolean"}},
}

// patternInWords is the keyword of editors for what is said of a value that the
// pattern refuses.
const patternInWords = "patternErrorMessage"

// duration is Go's, without a sign: a duration below 0 is refused.
const duration = `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

// value is the schema of what one value of the type may be; in a merge patch
// every field may be missing or null.
func (r reflector) value(t reflect.Type, patch bool) *jsonschema.Schema {
	if t.Kind() == reflect.Pointer {
		return r.value(t.Elem(), patch)
	}
	if s, ok := scalars[t]; ok {
		s.Title = t.Name()
		if s.Pattern != "" { // what an editor says instead of it
			s.Extra = map[string]any{patternInWords: r.comments[t.Name()]}
		}
		if t.Kind() == reflect.Struct {
			return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{&s, r.reference(t, patch)}}
		}
		return &s
	}
	switch zero := reflect.New(t).Interface().(type) {
	case interface{ Pattern() string }:
		return &jsonschema.Schema{Types: []string{"string", "integer"}, Pattern: zero.Pattern()}
	case encoding.TextUnmarshaler:
		panic("schema: no pattern of " + t.String())
	case interface{ Values() []string }:
		s := &jsonschema.Schema{Type: "string"}
		for _, v := range zero.Values() {
			s.Enum = append(s.Enum, v)
		}
		return s
	case interface{ Patched() any }:
		return r.reference(reflect.TypeOf(zero.Patched()).Elem(), true)
	}
	switch t.Kind() {
	case reflect.String:
		return &jsonschema.Schema{Type: "string"}
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return &jsonschema.Schema{Type: "integer"}
	case reflect.Slice:
		items := r.value(t.Elem(), false)
		if t.Elem() == reflect.TypeFor[v1alpha1.Override]() { // an overlay's entry names the base
			items = &jsonschema.Schema{Type: "object", AllOf: []*jsonschema.Schema{items}, Required: []string{"name"}}
		}
		return &jsonschema.Schema{Type: "array", Items: items}
	case reflect.Map:
		s := &jsonschema.Schema{Type: "object"}
		if t.Elem().Kind() != reflect.Interface {
			s.AdditionalProperties = orNull(r.value(t.Elem(), patch), patch)
		}
		return s
	case reflect.Struct:
		return r.reference(t, patch)
	}
	panic("schema: no form of " + t.String())
}

// reference is to the definition of a struct, which it makes once.
func (r reflector) reference(t reflect.Type, patch bool) *jsonschema.Schema {
	name := typeName(t)
	if patch {
		name += "Override"
	}
	if r.definitions[name] == nil {
		r.definitions[name] = &jsonschema.Schema{} // ends a recursion
		*r.definitions[name] = *r.structure(t, patch)
	}
	return &jsonschema.Schema{Ref: "#/definitions/" + name}
}

func (r reflector) structure(t reflect.Type, patch bool) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           map[string]*jsonschema.Schema{},
		AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		required := options == "" && !patch
		if required {
			s.Required = append(s.Required, name)
		}
		p := orNull(r.value(f.Type, patch), !required)
		if p.Ref != "" { // what stands beside a $ref is ignored
			p = &jsonschema.Schema{Type: "object", AllOf: []*jsonschema.Schema{p}}
		}
		owners := owners(t, f)
		p.Description = r.comment(owners[len(owners)-1], name)
		// What the type is stands here too, and not with the type: an editor would show that alone.
		if of := elem(f.Type); of.Kind() == reflect.Struct && r.comments[typeName(of)] != "" {
			p.Description += "\n\n" + r.comments[typeName(of)]
		}
		for _, owner := range owners {
			if d := r.defaults[owner.Name()+"."+name]; d != nil && options != "" { // a required field has none, but where another field holds it
				p.Default, _ = json.Marshal(d) // of a string, number or boolean
			}
		}
		if name == "cpu" {
			p.Examples = []any{"500m", "4"}
		}
		s.Properties[name] = p
		s.PropertyOrder = append(s.PropertyOrder, name)
	}
	return s
}

func elem(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// owners are a type, and the embedded ones that a field of it comes through.
func owners(t reflect.Type, f reflect.StructField) []reflect.Type {
	out := []reflect.Type{t}
	for i := range len(f.Index) - 1 {
		out = append(out, t.FieldByIndex(f.Index[:i+1]).Type)
	}
	return out
}

// typeName is a type's name, as an exported one and without its parameters.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

// comment is what is said of a field; Kubernetes' own types say it themselves.
func (r reflector) comment(owner reflect.Type, name string) string {
	if text := r.comments[typeName(owner)+"."+name]; text != "" {
		return text
	}
	if d, ok := reflect.Zero(owner).Interface().(interface{ SwaggerDoc() map[string]string }); ok {
		return d.SwaggerDoc()[name]
	}
	return ""
}

func orNull(s *jsonschema.Schema, null bool) *jsonschema.Schema {
	switch {
	case !null:
	case s.Enum != nil:
		s.Types, s.Type = []string{s.Type, "null"}, ""
		s.Enum = append(slices.Clone(s.Enum), nil)
	case s.Type != "":
		s.Types, s.Type = []string{s.Type, "null"}, ""
	case s.Types != nil:
		s.Types = append(slices.Clone(s.Types), "null")
	default:
		s = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, {Type: "null"}}}
		if s.AnyOf[0].Ref != "" { // all that is referred to is an object; an editor asks the type before it writes a line below
			s.Types = []string{"object", "null"}
		}
	}
	return s
}
