// Package lock pins container images: it asks registries for the digests behind
// tags, and keeps them in a file beside the stack, which hearth render reads. A
// digest is that of the index where an image has several architectures.
//
// Resolve goes over the network, everything else is bytes in and bytes out.
package lock
