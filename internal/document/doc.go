// Package document turns YAML or JSON text into Go structs and never forgets
// where a value was written.
//
// Parse reads one document into Nodes. Merge lays an overlay's overrides over a
// base. Decode fills a struct and reports every unknown field, wrong type and
// bad value at once. Place points later findings, which are about values, at the
// place that a person has to change: after a Merge that is the overlay for what
// the overlay wrote, and the base for what it inherited. FromValue is a document
// without places, of a value that a Go program built.
//
// Input is refused rather than guessed at, and no input makes the package
// panic, hang or use much memory. It reads no file.
package document
