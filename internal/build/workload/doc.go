// Package workload makes the objects of a base's workloads, Ollama and Open
// WebUI: what runs, what it stores, and who may connect to it. The route from
// outside is package route's.
package workload
