package fleetsim

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/validate"
	"github.com/hearth-dev/hearth/third_party/fleet"
)

// Validate checks a fleet.yaml against Fleet's own JSON Schema, which refuses
// the unknown keys and duplicates that Fleet itself lets pass. The error is a
// [problem.List] unless the bytes are no YAML at all.
func Validate(content []byte) error {
	document, err := yaml.YAMLToJSONStrict(content)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(document, &value); err != nil || value == nil {
		return err // an empty file is a bundle with all defaults
	}
	schema, err := readSchema()
	if err != nil {
		return err
	}
	violations, err := validate.Value(value, &schema.Schema, schema.definition)
	if err != nil {
		return err
	}
	var list problem.List
	for _, v := range violations {
		one := problem.Problem{Severity: problem.Error, File: fleetYAML, Path: fieldPath(v.Location), Message: v.Message}
		if v.Unknown {
			one.Fix = "correct its spelling, case or place: Fleet drops what it does not know without a word"
		}
		list = append(list, one)
	}
	return list.Sorted().Err()
}

// fleetSchema is Fleet's schema and its definitions, by name.
type fleetSchema struct {
	spec.Schema
	definitions map[string]*spec.Schema
}

// readSchema reads once: it takes longer than everything else here.
var readSchema = sync.OnceValues(func() (*fleetSchema, error) {
	var schema fleetSchema
	var beside struct {
		Definitions map[string]*spec.Schema `json:"$defs"`
	}
	for _, target := range []any{&schema.Schema, &beside} {
		if err := json.Unmarshal(fleet.Schema, target); err != nil {
			return nil, fmt.Errorf("fleet.yaml's schema: %w", err)
		}
	}
	schema.definitions = beside.Definitions
	return &schema, nil
})

// definition is what a reference names.
func (s *fleetSchema) definition(reference string) (*spec.Schema, error) {
	if schema := s.definitions[strings.TrimPrefix(reference, "#/$defs/")]; schema != nil {
		return schema, nil
	}
	return nil, fmt.Errorf("fleet.yaml's schema has no %s", reference)
}

// fieldPath writes a JSON pointer's tokens as targetCustomizations[0].name.
func fieldPath(tokens []string) string {
	var at string
	for _, token := range tokens {
		if _, err := strconv.Atoi(token); err == nil {
			at += "[" + token + "]"
		} else {
			at += "." + token
		}
	}
	return strings.TrimPrefix(at, ".")
}

// fileIn is where a bundle's file stands in the repository.
func (b Bundle) fileIn(name string) string { return path.Join(b.Dir, name) }
