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

type document struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Images     []Image `json:"images"`
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Parse reads a lock file: digests by image.
func Parse(data []byte) (map[string]string, error) {
	err := yamllimit.CheckValues(data, maxValues)
	var d document
	if err == nil {
		err = yaml.UnmarshalStrict(data, &d)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; to write it anew: hearth lock", Name, err)
	}
	if d.APIVersion != v1alpha1.APIVersion || d.Kind != Kind {
		return nil, fmt.Errorf("%s: got %s of %q, want %s of %s; to write it anew: hearth lock", Name, d.Kind, d.APIVersion, Kind, v1alpha1.APIVersion)
	}
	digests := map[string]string{}
	for _, i := range d.Images {
		if !digestForm.MatchString(i.Digest) {
			return nil, fmt.Errorf("%s: got the digest %q of %s, want sha256: and 64 hexadecimal digits; to write it anew: hearth lock", Name, i.Digest, i.Image)
		}
		digests[i.Image] = i.Digest
	}
	return digests, nil
}

// Encode writes a lock file, sorted by image. Equal maps give equal bytes.
func Encode(digests map[string]string) ([]byte, error) {
	d := document{APIVersion: v1alpha1.APIVersion, Kind: Kind, Images: Images(digests)}
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
