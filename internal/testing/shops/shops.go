// Package shops is a stack with a template for many clusters, each with a bundle of
// its own, and the list of them, for tests and for the benchmark.
package shops

import (
	"fmt"
	"strings"
)

// Stack is hearth.yaml, which reads clusters.csv.
const Stack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: shops}
spec:
  bases:
    - name: ollama
      namespace: ollama
      ollama: {models: ["llama3.2:3b"]}
  fleet: {bundles: perOverlay}
  overlays:
    - name: shops
      forEach: {file: clusters.csv}
      bases: [{name: ollama, labels: {team: shops}}]
`

// Rows are those of n clusters.
func Rows(n int) []string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf("shop-%d,cluster-%d,%dm", i, i, i%50+1))
	}
	return rows
}

// List is clusters.csv with such rows.
func List(rows []string) string {
	return "name,clusterName,overrides.ollama.ollama.keepAlive\n" + strings.Join(rows, "\n") + "\n"
}
