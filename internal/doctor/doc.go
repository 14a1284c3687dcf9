// Package doctor says, before an overlay's first deploy, which of its needs a
// cluster has: API kinds, classes, issuers, the route's controller where the
// NetworkPolicy admits it, storage, namespaces, Secrets, room on a node, and a
// network that enforces policies.
//
// It only reads, unless it is asked to prove that by a probe. Its rows are those of package verify, which looks at what runs.
package doctor
