// Package capability reads from /proc which Linux capabilities this host can grant to a container. It changes none.
package capability
