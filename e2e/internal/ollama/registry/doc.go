// Package registry serves models to Ollama's puller, the way registry.ollama.ai does, from the folder that Ollama itself
// keeps its models in. It lets a test slow the transfer down and read back every request, so that a resumed download, and a
// restart that asks for nothing, can be proved rather than believed. It never writes to the folder.
//
// go-containerregistry's registry was considered first. It answers Range requests too, but keeps its manifests in memory (so
// every start needs a push), sends no Location with a blob, without which Ollama refuses to pull (see [Handler]), and has
// neither a rate limit nor a record of requests; wrapping it costs more code than serving the files.
package registry
