// Package object is what workloads and routes have in common: the component
// that an object belongs to, the peers of a NetworkPolicy, and the way from
// Kubernetes' types to the JSON trees that are written.
package object
