// Package nginx makes routes through F5's NGINX Ingress Controller: an Ingress
// with the annotations that the controller reads. It also knows which annotations
// those are, and what the controller takes for their values.
package nginx
