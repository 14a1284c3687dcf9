package fns_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/hearth-dev/hearth/fns"
)

const ollamaList = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: hearth.dev/v1alpha1
  kind: Ollama
  metadata: {name: ollama, namespace: ai}
  spec:
    models: ["llama3.2:3b"]
`

func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		if err := fns.Run(bytes.NewReader([]byte(ollamaList)), io.Discard, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
