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
func JSON() ([]byte, error) { return of(func(*jsonschema.Schema) {}) }

// Function is the schema of a Stack that is the config of a KRM function: it has
// any metadata, as other objects do, and names the overlay to emit.
func Function() ([]byte, error) {
	return of(func(root *jsonschema.Schema) {
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
	})
}

func of(form func(root *jsonschema.Schema)) ([]byte, error) {
	r := reflector{definitions: map[string]*jsonschema.Schema{}, defaults: defaults()}
	if err := json.Unmarshal(comments, &r.comments); err != nil {
		return nil, fmt.Errorf("comments of the fields: %w", err)
	}
	root := r.structure(reflect.TypeFor[v1alpha1.Stack](), false)
	root.Schema = "http://json-schema.org/draft-07/schema#"
	root.Title, root.Description = "hearth Stack", r.comments["Stack"]
	root.Properties["apiVersion"].Enum = []any{v1alpha1.APIVersion}
	root.Properties["kind"].Enum = []any{v1alpha1.Kind}
	root.Definitions = r.definitions
	form(root)
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
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
	reflect.TypeFor[v1alpha1.Host]():      {Types: []string{"string"}, Pattern: `^[^./:\s]+(\.[^./:\s]+)+$`, Examples: []any{"chat.example.org"}},
	reflect.TypeFor[v1alpha1.Port]():      {Types: []string{"string", "integer"}, Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(65535.0), Pattern: `^[0-9]+$`},
	reflect.TypeFor[v1alpha1.Threads]():   {Types: []string{"string", "integer"}, Minimum: jsonschema.Ptr(1.0), Maximum: jsonschema.Ptr(1024.0), Pattern: `^(auto|[0-9]+)$`, Examples: []any{"auto", 4}},
	reflect.TypeFor[v1alpha1.EnvValue]():  {Types: []string{"string", "number", "boolean"}},
}

// duration is Go's, without a sign: a duration below 0 is refused.
const duration = `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

// value is the schema of what one value of the type may be; in a merge patch
// every field may be missing or null.
func (r reflector) value(t reflect.Type, patch bool) *jsonschema.Schema {
	if t.Kind() == reflect.Pointer {
		return r.value(t.Elem(), patch)
	}
	if s, ok := scalars[t]; ok {
		if t.Kind() == reflect.Struct {
			return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{&s, r.reference(t, patch)}}
		}
		return &s
	}
	if _, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler); ok {
		panic("schema: no pattern of " + t.String())
	}
	switch zero := reflect.Zero(t).Interface().(type) {
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
		return &jsonschema.Schema{Type: "array", Items: r.value(t.Elem(), false)}
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
	name := t.Name()
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
		// An overlay's entry has no name of its own: it names the base.
		required := options == "" && !patch || patch && t == reflect.TypeFor[v1alpha1.Base]() && name == "name"
		if required {
			s.Required = append(s.Required, name)
		}
		p := orNull(r.value(f.Type, patch), !required)
		if p.Ref != "" { // what stands beside a $ref is ignored
			p = &jsonschema.Schema{Type: "object", AllOf: []*jsonschema.Schema{p}}
		}
		if name == "cpu" {
			p.Examples = []any{"500m", "4"}
		}
		owner := t
		if len(f.Index) > 1 {
			owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
		}
		p.Description = r.comment(owner, name)
		// What the type is stands here too, and not with the type: an editor would show that alone.
		if of := elem(f.Type); of.Kind() == reflect.Struct && r.comments[of.Name()] != "" {
			p.Description += "\n\n" + r.comments[of.Name()]
		}
		if d := r.defaults[t.Name()+"."+name]; d != nil && options != "" { // a required field has none, but where another field holds it
			p.Default, _ = json.Marshal(d) // of a string, number or boolean
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

// comment is what is said of a field; Kubernetes' own types say it themselves.
func (r reflector) comment(owner reflect.Type, name string) string {
	if text := r.comments[owner.Name()+"."+name]; text != "" {
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
