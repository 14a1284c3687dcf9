// Command images builds what the end-to-end tests need on a machine without a container registry: the kind node image
// with Kubernetes in it, Ollama, and the registry that serves models. It prints what it does and how long that took, and
// keeps everything in a cache, so that the second run has nothing to do.
package main
