// Package restore says in words and commands how the volumes of a base come back
// from what keeps their earlier states, names filled in. docs/restore.md and the
// pages of services show it, and an end-to-end test runs it.
package restore
