package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/modelregistry"
)

// store is the folder that Ollama keeps its models in, $OLLAMA_MODELS.
type store string

func (s store) read(_ context.Context, name string) (found, error) {
	family, tag, _ := strings.Cut(name, ":")
	f, err := os.Open(filepath.Join(string(s), "manifests", "registry.ollama.ai", "library", family, tag))
	if err != nil {
		return found{}, err
	}
	defer f.Close()
	m, err := modelregistry.Describe(f, func(b modelregistry.Blob) (io.ReadCloser, error) {
		return os.Open(filepath.Join(string(s), "blobs", strings.ReplaceAll(b.Digest, ":", "-")))
	})
	return found{m, true}, err
}

// folder holds GGUF files that are called like their rows: llama3.2-3b.gguf.
type folder string

func (f folder) read(_ context.Context, name string) (found, error) {
	m, err := gguf.ReadFile(filepath.Join(string(f), strings.ReplaceAll(name, ":", "-")+".gguf"))
	return found{Model: m}, err
}
