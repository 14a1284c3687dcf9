package jsonschema

import "sync"

// CompileMetaschemas compiles what schemas are checked against. Call it before a
// Compiler is used. Upstream does it when a program starts.
var CompileMetaschemas = sync.OnceFunc(compileMetaschemas)
