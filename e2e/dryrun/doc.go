// Package dryrun asks a real API server whether it would take what hearth renders: every committed overlay, every example and
// as many random stacks as one likes, object by object, in a server-side dry run. A warning is a failure, too. Each pod
// template goes in a second time as a Pod, into a namespace that enforces Pod Security restricted, which acts on pods only.
//
// Nothing runs in the cluster, and nothing stays in it but namespaces and what an admission plugin looks up. The test needs
// Docker and E2E=full; see package e2e for the rest.
package dryrun
