package validate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"

	"github.com/hearth-dev/hearth/internal/validate"
)

// Each value that is refused has a twin that is not.
func TestValue(t *testing.T) {
	for _, c := range []struct{ name, schema, good, bad, want string }{
		{"type", `{"type": "integer"}`, `1`, `"one"`, `: got string, want integer`},
		{"a null", `{"items": {"type": "string"}}`, `["a"]`, `[null]`, `0: got null, want string`},
		{"a null among alternatives", `{"oneOf": [{"type": "string"}, {"type": "integer"}]}`, `1`, `null`, `: got null, want string or integer`},
		{"one of several types", `{"type": ["integer", "string"]}`, `"1"`, `true`, `: got boolean, want integer or string`},
		{"alternatives of several types", `{"oneOf": [{"type": "string"}, {"type": "integer"}]}`, `1`, `true`, `: got boolean, want string or integer`},
		{"alternatives", `{"oneOf": [{"properties": {"a": {"enum": ["x"]}}}, {"properties": {"a": {"enum": ["y"]}}}]}`, `{"a": "y"}`, `{"a": "z"}`,
			": a should be one of [x]\n: must validate one and only one schema (oneOf). Found none valid"},
		{"unknown field", `{"additionalProperties": false, "properties": {"a": {}, "b": {}}}`, `{"a": 1}`, `{"c.d": 1}`, `c.d: unknown field of [a b]`},
		{"missing", `{"required": ["a.b"]}`, `{"a.b": 1}`, `{}`, `: missing property "a.b"`},
		{"pattern", `{"pattern": "^a$"}`, `"a"`, `"b in body"`, `: should match '^a$', got "b in body"`},
		{"enum", `{"enum": ["a", "b"]}`, `"a"`, `"c"`, `: should be one of [a b], got "c"`},
		{"length", `{"type": "string", "minLength": 2, "maxLength": 3}`, `"ééé"`, `"é"`, `: should be at least 2 chars long, got 1`},
		{"range", `{"type": "integer", "minimum": 1, "maximum": 3}`, `3`, `4`, `: should be less than or equal to 3, got 4`},
		{"items", `{"minItems": 1}`, `[1]`, `[]`, `: should have at least 1 items, got 0`},
		{"reference", `{"properties": {"a/b": {"additionalProperties": {"$ref": "/number"}}}}`, `{"a/b": {"c": 1}}`, `{"a/b": {"c": "1"}}`, `a/b c: got string, want number`},
		{"all at once", `{"items": {"$ref": "/number"}}`, `[1]`, `["", 1, ""]`, "0: got string, want number\n2: got string, want number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if said := say(t, c.schema, c.good); said != "" {
				t.Errorf("%s: %s", c.good, said)
			}
			if diff := cmp.Diff(c.want, say(t, c.schema, c.bad)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.bad, diff)
			}
		})
	}
}

// say is a line for each violation.
func say(t *testing.T, schema, value string) string {
	t.Helper()
	found, err := validate.Value(decode[any](t, value), decode[*spec.Schema](t, schema), lookup)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range found {
		line := strings.Join(v.Location, " ") + ": " + v.Message
		if v.Unknown {
			line += fmt.Sprintf(" of %v", v.Known)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func lookup(reference string) (*spec.Schema, error) {
	if reference != "/number" {
		return nil, fmt.Errorf("no schema %s", reference)
	}
	return &spec.Schema{SchemaProps: spec.SchemaProps{Type: spec.StringOrArray{"number"}}}, nil
}

func TestReferenceToNothing(t *testing.T) {
	_, err := validate.Value([]any{1.0}, decode[*spec.Schema](t, `{"items": {"$ref": "/nothing"}}`), lookup)
	if err == nil || err.Error() != "no schema /nothing" {
		t.Errorf("got the error %v, want that of the lookup", err)
	}
}

func decode[T any](t *testing.T, text string) (value T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
