// Package modelregistry reads what a model needs from the registry that Ollama
// pulls it from: registry.ollama.ai, hf.co, or one of one's own.
//
// A name in, the figures of its weights out. Of the weights only the header is
// fetched, a few megabytes in ranges of bytes; a registry that knows no ranges is
// read as far as the header goes. Each answer has an end, in time and in bytes;
// proxies are those of the environment. Nothing is pulled, and no password asked for.
//
// Rejected: google/go-containerregistry's remote, which verifies a blob as it
// reads it, and so reads all of it; Ollama's own client, which pulls.
package modelregistry
