package jsonschema

import "sync"

// CompileMetaschemas compiles what schemas are checked against. Call it before a
// Compiler is used. Upstream does it when a program starts.
var CompileMetaschemas = sync.OnceFunc(compileMetaschemas)

// CompileDraft4 is CompileMetaschemas for who has schemas of draft 4 alone: a
// tenth of the work.
var CompileDraft4 = sync.OnceFunc(func() {
	c := NewCompiler()
	c.AssertFormat()
	Draft4.sch = c.MustCompile(Draft4.url)
})
