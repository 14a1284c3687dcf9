package fleetsim

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
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
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil || value == nil {
		return err // an empty file is a bundle with all defaults
	}
	schema, err := compileSchema()
	if err != nil {
		return err
	}
	err = schema.Validate(value)
	var violation *jsonschema.ValidationError
	if !errors.As(err, &violation) {
		return err
	}
	return violations(violation).Sorted().Err()
}

// compileSchema compiles once: it takes longer than everything else here.
var compileSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(fleet.Schema))
	if err != nil {
		return nil, fmt.Errorf("fleet.yaml's schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("fleet.yaml.schema.json", document); err != nil {
		return nil, err
	}
	return c.Compile("fleet.yaml.schema.json")
})

// violations flattens the tree of a validation error into its leaves.
func violations(e *jsonschema.ValidationError) problem.List {
	var list problem.List
	for _, cause := range e.Causes {
		list = append(list, violations(cause)...)
	}
	if len(e.Causes) > 0 {
		return list
	}
	at := fieldPath(e.InstanceLocation)
	if unknown, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
		for _, name := range unknown.Properties {
			list = append(list, problem.Problem{
				Severity: problem.Error,
				File:     fleetYAML,
				Path:     strings.TrimPrefix(at+"."+name, "."),
				Message:  "unknown field",
				Fix:      "correct its spelling, case or place: Fleet drops what it does not know without a word",
			})
		}
		return list
	}
	return problem.List{{
		Severity: problem.Error,
		File:     fleetYAML,
		Path:     at,
		Message:  e.ErrorKind.LocalizedString(message.NewPrinter(language.English)),
	}}
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
