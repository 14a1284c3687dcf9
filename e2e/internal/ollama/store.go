package ollama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Store returns a folder with the models in Ollama's own layout, blobs/ and manifests/, made by Ollama itself: what the
// public registry serves for a model is what Ollama keeps of it, byte by byte. Nobody may write to the folder.
func Store(ctx context.Context, b *images.Builder, models ...Model) (string, error) {
	binary, err := Binary(ctx, b)
	if err != nil {
		return "", err
	}
	weights := make([]string, len(models))
	for i, m := range models {
		if weights[i], err = Weights(ctx, b, m); err != nil {
			return "", err
		}
	}
	recipe, err := json.Marshal(models)
	if err != nil {
		return "", err
	}
	return b.Artifact(ctx, images.Artifact{
		Name:    "models",
		Version: Version,
		Recipe:  string(recipe),
		NeedMB:  1500,
		Build: func(ctx context.Context, dir string) error {
			// The server writes its key and its log beside the models; they must not stay in the store.
			home, err := os.MkdirTemp("", "hearth-e2e-ollama-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(home)
			server, err := Start(ctx, ServerOptions{Binary: binary, Dir: home, Models: dir})
			if err != nil {
				return err
			}
			for i, m := range models {
				if err := server.create(ctx, m, weights[i]); err != nil {
					_ = server.Stop() // the error that counts is the first
					return fmt.Errorf("creating %s: %w", m.Name, err)
				}
			}
			return server.Stop()
		},
	})
}

// create does what `ollama create` does with a Modelfile: it sends the weights up and asks for a model made of them.
func (s *Server) create(ctx context.Context, m Model, weights string) error {
	file, err := os.Open(weights)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := s.send(ctx, http.MethodPost, "/api/blobs/sha256:"+m.SHA256, file); err != nil {
		return err
	}
	return s.do(ctx, http.MethodPost, "/api/create", map[string]any{
		"model": m.Name, "files": map[string]string{"model.gguf": "sha256:" + m.SHA256}, "stream": false,
		"template": m.Template, "system": m.System, "parameters": m.Parameters, "license": m.License,
	}, nil)
}

// Digest returns what `/api/tags` reports as the digest of a model that was pulled from the store: the sha256 of its
// manifest. The name is one of Ollama's library, such as smollm2:135m.
func Digest(store string, m Model) (string, error) {
	model, tag, err := m.split()
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(store, "manifests", "registry.ollama.ai", "library", model, tag))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
