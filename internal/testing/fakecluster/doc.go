// Package fakecluster is a Kubernetes API server for tests of what reads a
// cluster: an overlay of a stack runs on it and everything is in order, until a
// test breaks something. Behind its port-forward answer an Ollama and an Open
// WebUI, and beside it an ingress controller, all of them fakes that listen on
// 127.0.0.1.
//
// It keeps objects and answers get and list; no controller acts on them.
package fakecluster
