// Package verify reports whether an overlay of a stack runs on a cluster and
// answers at the promised speed.
//
// In go a stack, the name of an overlay and how to reach a cluster; out come
// rows, each one check of one thing: what was seen, what was measured, and,
// where it failed, what to do about it. What is expected comes from the stack
// alone, through package generator.
//
// It changes nothing on the cluster: it reads objects and logs, and reaches
// pods by port-forward. Two things can be felt: a question brings the model
// into memory, and with Options.Cold the model is unloaded first. It runs
// neither a shell nor kubectl, and never prints the value of a Secret.
package verify
