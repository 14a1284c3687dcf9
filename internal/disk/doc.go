// Package disk brings a folder on disk to the state that generator.Generate
// describes. Generated files go in; out comes a Plan, which can be shown as a
// diff or applied.
//
// It never changes or removes a file that a person wrote: only a file whose
// first line carries generator.Header is ours. It never follows a symbolic
// link below the folder. And it can be killed at any moment: every file is then
// the old one or the new one, and the next run finishes the work.
package disk
