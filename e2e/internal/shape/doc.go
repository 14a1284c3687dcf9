// Package shape writes models that have everything of a real one but the meaning: the tensors, types and sizes, the length of
// the vocabulary, and weights at random. What a server needs in memory and how many tokens it writes in a second depend on
// nothing else, so that both can be measured where no model registry is reached.
//
// In goes a Shape, out comes a GGUF file, written by Ollama's own library. The answers of such a model are noise.
package shape
