package vet

import (
	"bytes"

	"github.com/hearth-dev/hearth/third_party/jsonschema"
	"github.com/hearth-dev/hearth/third_party/jsonschema/kind"
)

// lazyRef is the keyword that a schema's $ref becomes before it is compiled. The
// compiler follows every $ref at once, from a Deployment to each kind of volume;
// this one is followed when an object has a value there.
const lazyRef = "lazyRef"

// lazyReferences renames the references to other schemas. In draft 4 nothing
// else counts beside a $ref, and nothing else is there. One with a space before
// its value stays as it is, which costs time alone.
func lazyReferences(schema []byte) []byte {
	return bytes.ReplaceAll(schema, []byte(`{"$ref":"/`), []byte(`{"`+lazyRef+`":"`))
}

// references is the keyword's meaning, for the compiler.
func (s *schemaSet) references() *jsonschema.Vocabulary {
	return &jsonschema.Vocabulary{
		URL: schemaURL + "vocabulary",
		Compile: func(_ *jsonschema.CompilerContext, schema map[string]any) (jsonschema.SchemaExt, error) {
			if name, ok := schema[lazyRef].(string); ok {
				return reference{s, name}, nil
			}
			return nil, nil
		},
	}
}

// reference is one to the schema of a name in a set.
type reference struct {
	set  *schemaSet
	name string
}

// Validate holds a value against what is referred to.
func (r reference) Validate(ctx *jsonschema.ValidatorContext, v any) {
	schema, err := r.set.schema(r.name)
	if schema == nil || err != nil {
		ctx.AddError(&kind.Reference{Keyword: "$ref", URL: r.name})
		return
	}
	ctx.AddErr(ctx.Validate(schema, v, nil))
}
