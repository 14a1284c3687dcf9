package images

import (
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// rawLayer gives a tarball to go-containerregistry as it is. The library's own layers are compressed when they are
// written, which would cost every cluster the time to undo it.
type rawLayer struct {
	path string
	hash v1.Hash
	size int64
}

func openLayer(path string) (v1.Layer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hash, size, err := v1.SHA256(file)
	return rawLayer{path: path, hash: hash, size: size}, err
}

func (l rawLayer) Digest() (v1.Hash, error)             { return l.hash, nil }
func (l rawLayer) DiffID() (v1.Hash, error)             { return l.hash, nil }
func (l rawLayer) Compressed() (io.ReadCloser, error)   { return os.Open(l.path) }
func (l rawLayer) Uncompressed() (io.ReadCloser, error) { return os.Open(l.path) }
func (l rawLayer) Size() (int64, error)                 { return l.size, nil }
func (l rawLayer) MediaType() (types.MediaType, error)  { return types.DockerUncompressedLayer, nil }
