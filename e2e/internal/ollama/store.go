package ollama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Store returns a folder with the models in Ollama's own layout, blobs/ and manifests/, made by Ollama itself: what the
// public registry serves for a model is what Ollama keeps of it, byte by byte. Nobody may write to the folder.
func Store(ctx context.Context, b *images.Builder, models ...Model) (string, error) {
	binary, err := Deployed.Binary(ctx, b)
	if err != nil {
		return "", err
	}
	weights := make([]map[string]string, len(models))
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
		Version: Deployed.Version,
		Recipe:  "2 " + string(recipe),
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
				if err := server.Create(ctx, m, weights[i]); err != nil {
					_ = server.Stop() // the error that counts is the first
					return fmt.Errorf("creating %s: %w", m.Name, err)
				}
			}
			if err := server.Stop(); err != nil {
				return err
			}
			var kept []string
			for _, m := range models {
				digests, err := publish(dir, m)
				if err != nil {
					return fmt.Errorf("%s: %w", m.Name, err)
				}
				kept = append(kept, digests...)
			}
			return sweep(dir, kept)
		},
	})
}

// Create does what `ollama create` does with a Modelfile: it sends the weights up and asks for a model made of them.
func (s *Server) Create(ctx context.Context, m Model, weights map[string]string) error {
	digests := map[string]string{}
	for name, path := range weights {
		digest, err := s.upload(ctx, path)
		if err != nil {
			return err
		}
		digests[name] = digest
	}
	return s.do(ctx, http.MethodPost, "/api/create", map[string]any{
		"model": m.Name, "files": digests, "stream": false,
		"template": m.Template, "system": m.System, "parameters": m.Parameters, "license": m.License,
	}, nil)
}

// upload gives the server a file and returns the file's digest.
func (s *Server) upload(ctx context.Context, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	digest := "sha256:" + hex.EncodeToString(sum.Sum(nil))
	_, err = s.send(ctx, http.MethodPost, "/api/blobs/"+digest, file)
	return digest, err
}

// publish makes the model's manifest what a registry serves. Ollama notes in it from which file of this machine a layer was
// made, so that the manifest, and with it the model's digest, would be another one on every machine. It returns the digests
// that the manifest names.
func publish(store string, m Model) ([]string, error) {
	path, err := m.manifest(store)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	type layer struct {
		MediaType string `json:"mediaType"`
		Digest    string `json:"digest"`
		Size      int64  `json:"size"`
	}
	var kept struct {
		SchemaVersion int     `json:"schemaVersion"`
		MediaType     string  `json:"mediaType"`
		Config        layer   `json:"config"`
		Layers        []layer `json:"layers"`
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, fmt.Errorf("reading the manifest that Ollama wrote: %w", err)
	}
	if data, err = json.Marshal(kept); err != nil {
		return nil, err
	}
	digests := []string{kept.Config.Digest}
	for _, l := range kept.Layers {
		digests = append(digests, l.Digest)
	}
	return digests, os.WriteFile(path, data, 0o644)
}

// sweep removes blobs that no manifest names: what a model was converted from.
func sweep(store string, kept []string) error {
	blobs, err := filepath.Glob(filepath.Join(store, "blobs", "sha256-*"))
	if err != nil {
		return err
	}
	for _, blob := range blobs {
		if !slices.Contains(kept, strings.Replace(filepath.Base(blob), "-", ":", 1)) {
			if err := os.Remove(blob); err != nil {
				return err
			}
		}
	}
	return nil
}

// Digest returns what `/api/tags` reports as the digest of a model that was pulled from the store: the sha256 of its
// manifest, in hex.
func Digest(store string, m Model) (string, error) {
	path, err := m.manifest(store)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// manifest is the path of the model's manifest in the store.
func (m Model) manifest(store string) (string, error) {
	model, tag, ok := strings.Cut(m.Name, ":")
	if !ok || strings.Contains(m.Name, "/") {
		return "", fmt.Errorf("model %q: want MODEL:TAG of Ollama's library", m.Name)
	}
	return filepath.Join(store, "manifests", "registry.ollama.ai", "library", model, tag), nil
}
