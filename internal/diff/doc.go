// Package diff says what a change does: two lists of objects as clusters have
// and get them go in; what changes comes out, object by object and field by
// field, with what follows of it in words. It reads nothing and asks no cluster,
// so what only a cluster knows, such as how long a pod takes to start, it leaves
// open.
package diff
