package vet

import "github.com/hearth-dev/hearth/internal/objects"

// Object is a whole Kubernetes object as a JSON tree.
type Object = objects.Object

// Ref names an object.
type Ref = objects.Ref

// RefOf is an object's name.
func RefOf(o Object) Ref { return objects.RefOf(o) }
