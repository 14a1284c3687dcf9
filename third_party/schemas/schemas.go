// Package schemas carries JSON Schemas of Kubernetes' own kinds and of those of
// the controllers that hearth's objects may be for. README.md says where they
// come from and under which licences.
package schemas

import (
	_ "embed"

	"github.com/rogpeppe/go-internal/txtar"
)

// Version of Kubernetes that the schemas of its own kinds are of.
const Version = "1.37"

//go:embed schemas.txtar
var upstream []byte

//go:embed ours.txtar
var ours []byte

// All are the schemas by name, each a JSON document: kinds/apiVersion/kind of
// whole objects, and definitions/NAME, to which they and each other refer as
// /definitions/NAME. They are of the dialect draft 4, with nothing in a format,
// and strict: a field that no schema names is an error.
//
// They are embedded as text, not compressed: a program that runs for a moment
// needs a few, and unpacking all of them took it longer than all else it did.
func All() map[string][]byte {
	all := map[string][]byte{}
	for _, text := range [][]byte{upstream, ours} {
		for _, f := range txtar.Parse(text).Files {
			all[f.Name] = f.Data
		}
	}
	return all
}
