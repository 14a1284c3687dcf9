// Package monitoring makes what watches a base from outside its pods: Probes and
// a PrometheusRule for the Prometheus operator, and a dashboard for Grafana. The
// question that measures speed is a workload, and package workload's.
package monitoring
