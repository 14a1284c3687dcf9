// Package immutable finds changes that a running cluster cannot follow: a
// smaller volume, another storage class, a new selector, another Helm release.
// The API server or Helm refuses them, Fleet then reports an error for ever, and
// the way out often costs data; so hearth says it before anything is written.
//
// The tree on disk and the newly generated files go in; problems come out, each
// with the old and the new value, why not, and what to do instead. It compares
// what kustomize builds, not what the files say, and never asks a cluster.
package upgrade
