package lock

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// Name of the file, in the stack's folder.
const Name = "hearth.lock.yaml"

// Kind of the file's document.
const Kind = "Lock"

const header = "# Written by: hearth lock. What each tag was when it was asked for.\n"

// Image is one image and what its tag stood for.
type Image struct {
	// Image as the objects name it: registry/repository:tag.
	Image string `json:"image"`
	// Digest of the manifest or index, sha256:...
	Digest string `json:"digest"`
}

// maxValues of a lock file. An image has three.
const maxValues = 10_000

// Model is one model and what the manifest of its tag was.
type Model struct {
	// Model as the stack names it.
	Model string `json:"model"`
	// Digest of the manifest, sha256:...
	Digest string `json:"digest"`
}

// File is what a lock file says.
type File struct {
	// Images are digests by image.
	Images map[string]string
	// Models are digests by model; none where models are not locked.
	Models map[string]string
}

type document struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Images     []Image `json:"images"`
	Models     []Model `json:"models,omitempty"`
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Parse reads a lock file.
func Parse(data []byte) (File, error) {
	err := yamllimit.CheckValues(data, maxValues)
	var d document
	if err == nil {
		err = yaml.UnmarshalStrict(data, &d)
	}
	if err != nil {
		return File{}, fmt.Errorf("%s: %w; to write it anew: hearth lock", Name, err)
	}
	if d.APIVersion != v1alpha1.APIVersion || d.Kind != Kind {
		return File{}, fmt.Errorf("%s: got %s of %q, want %s of %s; to write it anew: hearth lock", Name, d.Kind, d.APIVersion, Kind, v1alpha1.APIVersion)
	}
	f := File{Images: map[string]string{}, Models: map[string]string{}}
	add := func(to map[string]string, name, digest string) error {
		if !digestForm.MatchString(digest) {
			return fmt.Errorf("%s: got the digest %q of %s, want sha256: and 64 hexadecimal digits; to write it anew: hearth lock", Name, digest, name)
		}
		to[name] = digest
		return nil
	}
	for _, i := range d.Images {
		if err := add(f.Images, i.Image, i.Digest); err != nil {
			return File{}, err
		}
	}
	for _, m := range d.Models {
		if err := add(f.Models, m.Model, m.Digest); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

// Encode writes a lock file, sorted by name. Equal files give equal bytes.
func Encode(f File) ([]byte, error) {
	d := document{APIVersion: v1alpha1.APIVersion, Kind: Kind, Images: Images(f.Images), Models: Models(f.Models)}
	data, err := yaml.Marshal(d)
	return append(bytes.NewBufferString(header).Bytes(), data...), err
}

// Images are the entries of a lock file, sorted.
func Images(digests map[string]string) []Image {
	images := []Image{}
	for _, image := range slices.Sorted(maps.Keys(digests)) {
		images = append(images, Image{Image: image, Digest: digests[image]})
	}
	return images
}

// Models are the entries of a lock file, sorted.
func Models(digests map[string]string) []Model {
	models := []Model{}
	for _, model := range slices.Sorted(maps.Keys(digests)) {
		models = append(models, Model{Model: model, Digest: digests[model]})
	}
	return models
}
