// Package cluster makes a kind cluster for the end-to-end tests and takes it away again. In goes where images come from,
// out comes a cluster with its own kubeconfig in a temporary folder. It never reads or writes a person's kubeconfig, and
// it touches no container but those of clusters whose names begin with [Prefix].
package cluster
