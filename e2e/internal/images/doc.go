// Package images builds the container images of the end-to-end tests on a machine that reaches the Go module proxy
// and Debian's packages but no container registry. In go pinned versions, out come docker-archive tarballs and a kind
// node image; everything is kept in a cache outside the checkout, so that only the first run is slow.
//
// The package never pulls an image, never writes into the checkout, and never leaves a half-built artifact where a
// later run would take it for a complete one.
package images
