// Package randomstack draws valid Stacks at random, as the YAML that a person
// could have written: for tests of what is made of a Stack.
//
// Draw goes over the fields of package v1alpha1 by reflection. What a field can
// hold follows from its type or, where a type says too little, from a rule for
// its path; a field without either makes Draw panic, so that nobody adds one
// and leaves it untested. What fields demand of each other is in repair*.go, as
// that package checks it. Coverage says which fields a run has been through.
package randomstack
