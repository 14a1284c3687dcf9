// Package route makes the objects of the way in from outside: a route to a
// target, its certificate, and what admits the controller to it; and it checks
// the annotations that a person adds.
//
// Each controller has one room below: its objects, its annotations, and the form
// of its secrets. The next one is a room here, a row in route.go, and a file
// expose_<controller>.go in api/v1alpha1 with its fields, their defaults and
// their checks.
package route
