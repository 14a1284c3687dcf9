// Package gateway makes routes by Gateway API: an HTTPRoute, and the Gateway
// where it is the base's own.
package gateway
