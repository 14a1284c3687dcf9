// Package proven keeps on disk, in the user's cache folder, what kustomize has
// proven of a stack's bases and overlays, so that the next run builds only what
// has changed.
//
// It is a [generator.Memory]. A value is used for exactly the program and the
// parts that it was made of and with, and only if its own checksum holds; it is
// safe to lose at any time. Nothing here is an error: without the folder, or with
// one that others can write to, everything is made anew.
package proven
