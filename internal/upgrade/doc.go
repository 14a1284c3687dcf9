// Package upgrade finds what a running cluster cannot follow when it is upgraded
// from an earlier tree to the newly generated files: a smaller volume, another
// storage class, a new selector, another Helm release, an older chat; and what
// volumes nothing would use any more. The API server or Helm
// refuses that, Fleet then reports an error for ever, and the way out often costs
// data; so hearth says it before anything is written.
//
// Both trees go in; problems come out, each with the old and the new value, why
// not, and what to do instead. It compares what kustomize builds, not what the
// files say, and never asks a cluster.
package upgrade
