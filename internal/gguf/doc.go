// Package gguf reads what sizing needs to know about a model from the header of
// its GGUF file: the format of Ollama's and llama.cpp's weights.
//
// A header in, a sizing.Model out. A file may come from anywhere, so a header
// that is cut short, corrupt or hostile ends in an error, after at
// most 256 MiB of reading and in at most 16 MiB of memory, whatever it claims. No tensor's data is read.
//
// The header is walked here; what its keys mean for an architecture, which
// layers have a sliding window, and how many bytes a tensor takes is
// gpustack/gguf-parser-go's knowledge. Its own reader takes a path or an address
// only, and trusts what it reads in places: it allocates as many entries as
// split.tensors.count and block_count say, follows nested arrays without an end,
// divides by general.alignment, and panics on a key of another type than it
// expects. Rejected: Ollama's fs/ggml, which brings all of Ollama's modules and
// allocates as many dimensions as a tensor claims; abrander/gguf, which knows
// neither architectures nor bounds.
package gguf
