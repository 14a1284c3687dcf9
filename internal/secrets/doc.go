// Package secrets makes the Secrets that an overlay needs and that must never
// be in Git. generator.Secrets says what is needed; out comes each one in the
// form that its reader wants, or the command for what only a person has.
//
// Apply creates what is missing on a cluster. It never changes a Secret that is
// there: a new session key would sign everybody out, a new password would lock
// them out.
package secrets
