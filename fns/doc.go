// Package fns runs hearth inside kustomize, kpt and any other pipeline of KRM
// functions: a ResourceList goes in, what its functionConfig asks for is made
// by package generator, and a ResourceList comes out.
//
// The kind of the functionConfig says what to do:
//
//	Stack            emits the merged objects of one overlay
//	Ollama           emits the inference server
//	OpenWebUI        emits the chat
//	Expose           adds the way in to a Service that is in the list
//	OllamaResources  sizes an Ollama that is in the list
//	StackCheck       looks for what would break, and changes nothing
//	v1 ConfigMap     names an overlay of the Stack that is in the list
//
// A function recognises what it made before by the comment in front of it, puts
// the new state in its place and removes what is no longer asked for. It never
// changes anybody else's item, nor its comments, nor the order of the list. It
// reads no disk, no clock, no network and no environment.
package fns
