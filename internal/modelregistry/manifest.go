package modelregistry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/sizing"
)

const (
	manifestType  = "application/vnd.docker.distribution.manifest.v2+json"
	ociType       = "application/vnd.oci.image.manifest.v1+json"
	weightsType   = "application/vnd.ollama.image.model"
	projectorType = "application/vnd.ollama.image.projector"
	// manifestLimit is a hundred times a real one.
	manifestLimit = 1 << 20
)

// Blob is a part of a model.
type Blob struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// manifest is a model's list of blobs.
type manifest struct {
	Config Blob   `json:"config"`
	Layers []Blob `json:"layers"`
}

// Describe reads a manifest, and the headers of the weights, and of the projector
// that an image passes through, that it names: each opened by open and read as far
// as its header goes.
func Describe(manifestFile io.Reader, open func(Blob) (io.ReadCloser, error)) (sizing.Model, error) {
	data, m, err := readManifest(manifestFile)
	if err != nil {
		return sizing.Model{}, err
	}
	disk, err := m.disk()
	if err != nil {
		return sizing.Model{}, fmt.Errorf("the manifest: %w", err)
	}
	weights, err := m.only(weightsType, "weights")
	if err == nil && weights.Digest == "" {
		err = errors.New("names no weights")
	}
	projector, projectorErr := m.only(projectorType, "projectors")
	if err := errors.Join(err, projectorErr); err != nil {
		return sizing.Model{}, fmt.Errorf("the manifest: %w", err)
	}
	var model sizing.Model
	if err := read(open, weights, func(r io.Reader) (err error) { model, err = gguf.Read(r, weights.Size); return err }); err != nil {
		return sizing.Model{}, err
	}
	if projector.Digest != "" {
		err := read(open, projector, func(r io.Reader) (err error) {
			model.VisionBytes, model.FlashVisionBytes, err = gguf.ReadProjector(r, projector.Size)
			return err
		})
		if err != nil {
			return sizing.Model{}, fmt.Errorf("the projector: %w", err)
		}
	}
	model.DiskBytes, model.Digest = disk, digestOf(data)
	return model, nil
}

func readManifest(file io.Reader) (data []byte, m manifest, err error) {
	if data, err = io.ReadAll(io.LimitReader(file, manifestLimit)); err != nil {
		return nil, m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, m, fmt.Errorf("the manifest: %w", err)
	}
	return data, m, nil
}

func digestOf(manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func read(open func(Blob) (io.ReadCloser, error), b Blob, header func(io.Reader) error) error {
	body, err := open(b)
	if err != nil {
		return err
	}
	defer body.Close()
	return header(body)
}

// disk is what all blobs take: the size that Ollama reports.
func (m manifest) disk() (sum int64, err error) {
	for _, b := range append([]Blob{m.Config}, m.Layers...) {
		if b.Size < 0 || sum > math.MaxInt64-b.Size {
			return 0, fmt.Errorf("names a blob of %d bytes", b.Size)
		}
		sum += b.Size
	}
	return sum, nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// only is the one blob of a type, or none.
func (m manifest) only(mediaType, what string) (found Blob, err error) {
	for _, l := range m.Layers {
		if l.MediaType != mediaType {
			continue
		}
		if found.Digest != "" {
			return Blob{}, errors.New("names two blobs of " + what)
		}
		if !digestForm.MatchString(l.Digest) {
			return Blob{}, fmt.Errorf("names the blob %q, want sha256: and 64 digits", l.Digest)
		}
		found = l
	}
	return found, nil
}
