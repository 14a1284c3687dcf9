// Checkcatalogue compares the catalogue of package sizing with the models
// themselves, and says of each row whether it is right. It is for people who add
// or change a row; nothing that renders runs it.
//
//	go run ./internal/gguf/checkcatalogue https://registry.ollama.ai
//	go run ./internal/gguf/checkcatalogue https://registry.ollama.ai llama3.2:3b qwen3:8b
//	go run ./internal/gguf/checkcatalogue ~/.ollama/models
//	go run ./internal/gguf/checkcatalogue folder-with-llama3.2-3b.gguf
//
// A registry, and Ollama's own folder, say a model's size and digest too; a
// folder of GGUF files, each called like its row with a hyphen for the colon,
// only what stands in their headers. Of a registry's weights the beginning is
// fetched alone: a few megabytes of each model.
//
// Exit code 0 means that no row differs, 1 that one does, 2 that nothing could be
// compared.
package main
