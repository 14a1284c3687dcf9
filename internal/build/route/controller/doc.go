// Package controller is what the room of an ingress controller is made of: the
// target that it leads to, the Ingress that several read, and the table of the
// annotations that it knows.
package controller
