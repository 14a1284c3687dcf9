// Package overlay computes the kustomize overlay that turns one set of objects
// into another.
//
// In go the objects that the bases build to, the objects that the overlay must
// build to, and a function that builds bases and overlay together. Out comes a
// Difference: the objects to add and the inline patches to apply. Its law:
//
//	building the overlay gives exactly the wanted objects, lists equal in order
//	where order means something and as sets where it does not, nothing empty
//	left over
//
// A list is a set if kustomize merges it by key and it is one of those in which
// Kubernetes asks for no order: a container's env, unless a variable refers to
// another by $(NAME), its ports and volumeMounts, a pod's volumes, a Service's
// ports. All other lists are exact: containers and init containers, arguments,
// rules of policies and routes, and every list of a custom resource.
//
// The law is not derived, it is checked: Compute builds every difference before
// it returns it, and what cannot be built exactly is an error. Each patch is
// written as a person would write it, a strategic merge patch of the changed
// fields, and only the objects that such a patch gets wrong fall back to a
// JSON 6902 patch.
//
// A difference holds for the bases it was computed from. Where order means
// something a patch names elements only to keep it, and would bring back one
// that its base has lost: compute all overlays again when a base changes.
//
// The package does not touch the disk and has no state.
package overlay
