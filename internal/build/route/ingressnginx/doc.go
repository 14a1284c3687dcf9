// Package ingressnginx makes routes through ingress-nginx, the controller of the
// Kubernetes community: an Ingress with the annotations that it reads. It also
// knows which annotations those are, and what it takes for their values.
package ingressnginx
