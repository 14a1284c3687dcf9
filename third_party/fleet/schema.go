// Package fleet carries Fleet's own JSON Schema for fleet.yaml, unchanged.
// README.md says where it comes from and under which licence.
package fleet

import _ "embed"

// Schema is a JSON Schema (draft 2020-12) of fleet.yaml.
//
//go:embed fleet.yaml.schema.json
var Schema []byte
