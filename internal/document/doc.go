// Package strict turns YAML or JSON text into Go structs and never forgets
// where a value was written.
//
// Parse reads one document into Nodes. Merge lays an overlay's overrides over a
// base. Decode fills a struct and reports every unknown field, wrong type and
// bad value at once. Node.Problem points a later finding, such as a missing
// field, at the place that a person has to change: after a Merge that is the
// overlay for what the overlay wrote, and the base for what it inherited.
//
// Input is refused rather than guessed at, and no input makes the package
// panic, hang or use much memory. It reads no file.
package document
