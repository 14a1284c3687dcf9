// Package gguftest writes GGUF files for tests: from Go, or from a text that
// holds a real model's header without its tokens and long texts.
//
// It is not a general writer: Ollama's fs/ggml.WriteGGUF would be one, and would
// bring all of Ollama's modules into go.mod.
package gguftest
