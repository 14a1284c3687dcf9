package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/internal/gguf"
)

// registry speaks the protocol of registry.ollama.ai: that of OCI, with
// manifests of Docker's type.
type registry struct{ base string }

const (
	manifestType = "application/vnd.docker.distribution.manifest.v2+json"
	weightsType  = "application/vnd.ollama.image.model"
	// manifestLimit is a hundred times a real one.
	manifestLimit = 1 << 20
	// headerLimit is what is asked for of the weights; the answer is read only as
	// far as the header goes.
	headerLimit = 256 << 20
	// requestLimit is long enough for a header over a slow line.
	requestLimit = 10 * time.Minute
)

// manifest is a model's list of blobs.
type manifest struct {
	Config blob   `json:"config"`
	Layers []blob `json:"layers"`
}

type blob struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

func (r registry) read(ctx context.Context, name string) (found, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	family, tag, _ := strings.Cut(name, ":")
	repository := r.base + "/v2/library/" + family
	body, err := get(ctx, repository+"/manifests/"+tag, "Accept", manifestType)
	if err != nil {
		return found{}, err
	}
	defer body.Close()
	return describe(body, func(weights blob) (io.ReadCloser, error) {
		return get(ctx, repository+"/blobs/"+weights.Digest, "Range", fmt.Sprintf("bytes=0-%d", min(weights.Size, headerLimit)-1))
	})
}

// get asks for an address with one header besides.
func get(ctx context.Context, address, key, value string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set(key, value)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	switch response.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return response.Body, nil
	}
	err = fmt.Errorf("%s: %s", address, response.Status)
	if response.StatusCode == http.StatusNotFound {
		err = fs.ErrNotExist
	}
	return nil, errors.Join(err, response.Body.Close())
}

// describe reads a manifest and the header of the weights that it names.
func describe(manifestFile io.Reader, open func(weights blob) (io.ReadCloser, error)) (found, error) {
	data, err := io.ReadAll(io.LimitReader(manifestFile, manifestLimit))
	if err != nil {
		return found{}, err
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return found{}, fmt.Errorf("the manifest: %w", err)
	}
	weights, disk, err := m.weights()
	if err != nil {
		return found{}, fmt.Errorf("the manifest: %w", err)
	}
	body, err := open(weights)
	if err != nil {
		return found{}, err
	}
	defer body.Close()
	model, err := gguf.Read(body, weights.Size)
	if err != nil {
		return found{}, err
	}
	sum := sha256.Sum256(data)
	model.DiskBytes, model.Digest = disk, "sha256:"+hex.EncodeToString(sum[:])
	return found{model, true}, nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// weights is the blob with the model's weights, and what all blobs take: the
// size that Ollama reports.
func (m manifest) weights() (weights blob, disk int64, err error) {
	disk = m.Config.Size
	for _, l := range m.Layers {
		disk += l.Size
		if l.MediaType != weightsType {
			continue
		}
		if weights.Digest != "" {
			return blob{}, 0, errors.New("names two blobs of weights")
		}
		if !digestForm.MatchString(l.Digest) {
			return blob{}, 0, fmt.Errorf("names the blob %q, want sha256: and 64 digits", l.Digest)
		}
		weights = l
	}
	if weights.Digest == "" {
		return blob{}, 0, errors.New("names no weights")
	}
	return weights, disk, nil
}
