package jsonschema

import "sync"

// CompileMetaschemas compiles what schemas are checked against. Call it before a
// Compiler is used with any draft but TrustedDraft4. Upstream does it when a
// program starts.
var CompileMetaschemas = sync.OnceFunc(compileMetaschemas)

// TrustedDraft4 is Draft4 for schemas that a test has already held against its
// metaschema: a Compiler of it takes them as they are. It expects subschemas where
// Kubernetes has them; those elsewhere take it longer.
func TrustedDraft4() *Draft {
	anything := true
	return &Draft{
		version: Draft4.version,
		url:     Draft4.url,
		id:      Draft4.id,
		subschemas: []SchemaPath{
			schemaPath("properties/*"),
			schemaPath("additionalProperties"),
			schemaPath("items"),
			schemaPath("not"),
			schemaPath("allOf/[]"),
			schemaPath("anyOf/[]"),
			schemaPath("oneOf/[]"),
		},
		sch: &Schema{Bool: &anything, DraftVersion: Draft4.version},
	}
}
