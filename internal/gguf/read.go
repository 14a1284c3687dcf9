package gguf

import (
	"errors"
	"fmt"
	"io"
	"os"

	parser "github.com/gpustack/gguf-parser-go"

	"github.com/hearth-dev/hearth/sizing"
)

// Read reads the header of a GGUF file that is size bytes long. It reads little
// further than the header, so that r may be the beginning of the file alone.
// The model has no name and no digest: neither is in the header.
func Read(r io.Reader, size int64) (sizing.Model, error) {
	if size < 0 {
		return sizing.Model{}, fmt.Errorf("has a size of %d bytes", size)
	}
	file, err := walkHeader(r, uint64(size))
	if err != nil {
		return sizing.Model{}, err
	}
	return describe(file)
}

// ReadFile reads the header of the GGUF file at path.
func ReadFile(path string) (sizing.Model, error) {
	// Before it is opened: opening a pipe waits for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return sizing.Model{}, err
	}
	if !info.Mode().IsRegular() {
		return sizing.Model{}, fmt.Errorf("%s is not a regular file", path)
	}
	if parser.IsShardGGUFFilename(info.Name()) {
		return sizing.Model{}, errors.New(path + " is one part of a split model; join the parts first: llama-gguf-split --merge")
	}
	f, err := os.Open(path)
	if err != nil {
		return sizing.Model{}, err
	}
	defer f.Close()
	m, err := Read(f, info.Size())
	if err != nil {
		return sizing.Model{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
