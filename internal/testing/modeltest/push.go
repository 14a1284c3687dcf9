// Package modeltest puts models into a registry, with the types of blobs that
// Ollama's own has.
package modeltest

import (
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/hearth-dev/hearth/internal/testing/gguftest"
)

// The types of blobs.
const (
	Weights   types.MediaType = "application/vnd.ollama.image.model"
	Projector types.MediaType = "application/vnd.ollama.image.projector"
	Template  types.MediaType = "application/vnd.ollama.image.template"
)

// Layer is a blob of a type.
func Layer(kind types.MediaType, data []byte) mutate.Addendum {
	return mutate.Addendum{Layer: static.NewLayer(data, kind), MediaType: kind}
}

// Push puts a model of layers into a registry under HOST/REPOSITORY:TAG, and
// returns the size of all its blobs.
func Push(reference string, layers ...mutate.Addendum) (int64, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return 0, err
	}
	image, err := mutate.Append(empty.Image, layers...)
	if err != nil {
		return 0, err
	}
	m, err := image.Manifest()
	if err != nil {
		return 0, err
	}
	sum := m.Config.Size
	for _, l := range m.Layers {
		sum += l.Size
	}
	return sum, remote.Write(ref, image)
}

// File is a GGUF file with its tensors' data, which are zeros.
func File(header string) ([]byte, error) {
	f, err := gguftest.Parse(header)
	if err != nil {
		return nil, err
	}
	return append(f.Header(), make([]byte, f.Data)...), nil
}
