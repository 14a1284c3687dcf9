// Package validate holds JSON values against JSON Schemas, by the validator of
// the Kubernetes API server (k8s.io/kube-openapi), which kustomize's libraries
// link anyway. It adds the references that the API server's schemas have none
// of, and says where in the value a violation is.
//
// The validator knows the keywords of draft 4, of which references are followed
// in properties, items and additionalProperties, and not below allOf, anyOf,
// oneOf and not. Tests of the packages that use it hold its verdicts against
// github.com/santhosh-tekuri/jsonschema (by kubeconform) and Google's evaluator.
package validate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	fault "k8s.io/kube-openapi/pkg/validation/errors"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

// Lookup is the schema that a reference names.
type Lookup func(reference string) (*spec.Schema, error)

// A Violation is one thing that a schema does not allow in a value.
type Violation struct {
	// Location are the keys and the positions on the way to it.
	Location []string
	// Message says what was seen and what is allowed.
	Message string
	// Unknown is set if there is no such field; Known are then those there are.
	Unknown bool
	Known   []string
}

// Value returns what a schema says against a value as encoding/json decodes it,
// in the order of locations and messages. The error is lookup's.
func Value(value any, schema *spec.Schema, lookup Lookup) ([]Violation, error) {
	run := &run{lookup: lookup}
	run.at(nil, schema).Validate(value)
	slices.SortFunc(run.found, func(a, b Violation) int {
		if by := slices.Compare(a.Location, b.Location); by != 0 {
			return by
		}
		return strings.Compare(a.Message, b.Message)
	})
	return slices.CompactFunc(run.found, func(a, b Violation) bool {
		return a.Message == b.Message && slices.Equal(a.Location, b.Location)
	}), errors.Join(run.failed...)
}

// run is one call of Value.
type run struct {
	lookup Lookup
	found  []Violation
	failed []error
}

// node validates what is at one location, and notes what it finds.
type node struct {
	*validate.SchemaValidator
	run      *run
	location []string
}

// at is the validator of a location. Its path is empty, as the location says
// more: a key may have a dot.
func (r *run) at(location []string, schema *spec.Schema) validate.ValueValidator {
	for schema.Ref.String() != "" {
		target, err := r.lookup(schema.Ref.String())
		if err != nil {
			r.failed = append(r.failed, err)
			target = &spec.Schema{}
		}
		schema = target
	}
	below := func(options *validate.SchemaValidatorOptions) {
		options.NewValidatorForField = func(field string, schema *spec.Schema, _ any, _ string, _ strfmt.Registry, _ ...validate.Option) validate.ValueValidator {
			return r.at(append(slices.Clip(location), field), schema)
		}
		options.NewValidatorForIndex = func(index int, schema *spec.Schema, _ any, _ string, _ strfmt.Registry, _ ...validate.Option) validate.ValueValidator {
			return r.at(append(slices.Clip(location), strconv.Itoa(index)), schema)
		}
	}
	return node{validate.NewSchemaValidator(schema, nil, "", strfmt.Default, below), r, location}
}

// Validate returns nothing: what is wrong here is noted with its location.
func (n node) Validate(value any) *validate.Result {
	var other []string // of alternatives, which say less than a type does
	mismatch := false
	if want := types(n.Schema); value == nil && len(n.Schema.Type) == 0 && len(want) > 0 && !slices.Contains(want, "null") {
		n.note("got null, want " + strings.Join(want, " or ")) // which the validator asks no alternative
	}
	for _, err := range n.SchemaValidator.Validate(value).Errors {
		var violation *fault.Validation
		switch isViolation := errors.As(err, &violation); {
		case isViolation && violation.Code() == fault.RequiredFailCode:
			n.note(fmt.Sprintf("missing property %q", strings.TrimPrefix(violation.Name, ".")))
		case !isViolation || violation.Name != "":
			other = append(other, text(err))
		case violation.Code() == fault.InvalidTypeCode:
			mismatch = true
			n.note(fmt.Sprintf("got %v, want %s", violation.Value, strings.Join(types(n.Schema), " or ")))
		case violation.Code() == fault.UnallowedPropertyCode:
			n.run.found = append(n.run.found, Violation{Location: append(slices.Clip(n.location), violation.Value.(string)),
				Message: "unknown field", Unknown: true, Known: slices.Sorted(maps.Keys(n.Schema.Properties))})
		default:
			n.note(text(err) + seen(violation))
		}
	}
	if !mismatch {
		for _, message := range other {
			n.note(message)
		}
	}
	return new(validate.Result)
}

// note adds a violation.
func (n node) note(message string) {
	n.run.found = append(n.run.found, Violation{Location: n.location, Message: message})
}

// types are those that a schema, or one of its alternatives, allows.
func types(schema *spec.Schema) []string {
	all := slices.Clone(schema.Type)
	for _, one := range slices.Concat(schema.AnyOf, schema.OneOf) {
		all = append(all, types(&one)...)
	}
	return all
}

// text is what the validator says, without the place, which is "" in body here.
func text(err error) string {
	return strings.TrimSpace(strings.Replace(strings.TrimPrefix(err.Error(), `"" `), " in body ", " ", 1))
}

// seen is the value that a message has not: of a text that is too long or too
// short, its length.
func seen(violation *fault.Validation) string {
	switch value := violation.Value.(type) {
	case nil:
		return ""
	case string:
		if code := violation.Code(); code == fault.TooLongFailCode || code == fault.TooShortFailCode {
			return fmt.Sprintf(", got %d", utf8.RuneCountInString(value))
		}
		return fmt.Sprintf(", got %q", value)
	default:
		return fmt.Sprintf(", got %v", value)
	}
}
