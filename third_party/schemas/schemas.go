// Package schemas carries JSON Schemas of Kubernetes' own kinds and of those of
// the controllers that hearth's objects may be for. README.md says where they
// come from and under which licences.
package schemas

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
)

// Version of Kubernetes that the schemas of its own kinds are of.
const Version = "1.37"

//go:embed schemas.json.gz
var packed []byte

//go:embed ours.json
var ours []byte

// Upstream is a JSON document with "definitions", types by name, and "kinds",
// schemas of whole objects by apiVersion/kind. They are of the dialect draft 4,
// with nothing in a format, and strict: a field that no schema names is an
// error.
func Upstream() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpacking the schemas: %w", err)
	}
	return io.ReadAll(r)
}

// Ours is a document of the same form for kinds whose definitions are in no
// module that can be had, written from their documentation. Its schemas refer
// to the definitions of Upstream.
func Ours() []byte { return ours }
