// Package spec is hearth's input: the Stack, the one file a person edits.
//
// Parse reads YAML or JSON, merges each overlay's overrides into its bases,
// fills in defaults and validates the result. It reports every problem at once,
// each with line, column, field path, the value seen, what is allowed and what
// to do. Past Parse nobody sees YAML or an undefaulted value.
//
// The fields are plain types. Kubernetes' own types stay inside the generator.
package v1alpha1
