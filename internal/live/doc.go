// Package live reads what runs in a cluster, as the objects that somebody wrote.
// It lists and gets, and never reads a Secret.
package live
