// Package objects is a list of rendered Kubernetes objects as JSON trees: their
// names and fields, the pods that they make, and what selects which pod.
package objects
