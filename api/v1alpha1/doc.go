// Package v1alpha1 is hearth's input: the Stack, the one file a person edits.
//
// Every field has its home here: its type, what it means, its default and its
// checks stand together. Default fills in what is left out, and Validate reports
// everything that is wrong at once, each with the field's path, the value seen,
// what is allowed and what to do. Both work on values, wherever these come from:
// a Go program builds a Stack as well as a file does. Package generator reads
// files, merges each overlay into its bases, and knows in which line a value
// stands.
//
// The fields are plain types; Kubernetes' own stay inside the generator, but for
// an Affinity, which is a tree of fields that nobody gains by renaming.
package v1alpha1
