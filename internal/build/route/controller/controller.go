package controller

import "github.com/hearth-dev/hearth/api/v1alpha1"

// Controller is an ingress controller, or an API for several, as hearth knows
// it. Its fields in a Stack, with their defaults and checks, stand in
// api/v1alpha1.
type Controller struct {
	// Objects lead the host of a resolved route to the target, in the order in
	// which they are written.
	Objects func(t Target, e *v1alpha1.Expose) []any
	// Passwords is the form of the Secret of basicAuth.
	Passwords Passwords
	// Refused are annotations of the controller's that a person cannot add to
	// the route, by how the key begins.
	Refused []Refused
	// Annotations are those that a person can add. Nil is none.
	Annotations func() Table
	// Unknown is what the controller does with a key of its own that it does
	// not know.
	Unknown string
}

// Passwords is a Secret with lines of user:bcrypt.
type Passwords struct {
	// Type of the Secret.
	Type string
	// Key that the lines are under.
	Key string
}

// Refused is an annotation that does not go with what hearth makes.
type Refused struct {
	// Prefix of the key.
	Prefix string
	// Why it is refused, and what to do instead.
	Why, Fix string
	// On says for which routes; nil is all.
	On func(e *v1alpha1.Expose) bool
}
