package gguf

// What a header may hold. Each is far above any model's, and small enough that
// all of them together cost little, in time, memory, and in the arithmetic of
// sizing, which must not overflow. Gemma's header, with 262144 tokens, is 6.5 MB.
const (
	maxHeader    = 256 << 20 // bytes up to the tensors' data
	maxFile      = 1 << 44   // bytes of the whole file
	maxKeys      = 4096      // key-value pairs; a model has 20 to 60
	maxTensors   = 1 << 14   // DeepSeek's 61 layers have about 1100
	maxItems     = 1 << 22   // items of one array; the largest is a vocabulary
	maxKey       = 256       // bytes of a key
	maxName      = 64        // bytes of a tensor's name: GGML_MAX_NAME in ggml.h
	maxText      = 1024      // bytes of a string that is kept: a name or a type
	maxLayers    = 512       // LLAMA_MAX_LAYERS in llama.cpp
	maxHeads     = 1024      // of a layer
	maxExperts   = 4096      // that one token passes through
	maxLength    = 4096      // of a head's key or value; DeepSeek's compressed ones have 576
	maxWidth     = 1 << 20   // of the embedding
	maxTokens    = 1 << 24   // of the vocabulary
	maxContext   = 1 << 25   // tokens; the longest advertised is ten million
	maxAlignment = 1 << 20   // of the tensors
)
