// Package traefik makes routes through Traefik: an Ingress or an IngressRoute,
// and its Middlewares.
package traefik
