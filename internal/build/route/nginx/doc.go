// Package nginx makes routes through F5's NGINX Ingress Controller: an Ingress with the
// annotations that the controller reads.
package nginx
