package fns_test

import (
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/fns"
)

// A pipeline in Go calls the function without a process of its own.
func ExampleProcess() {
	list := &framework.ResourceList{FunctionConfig: yaml.MustParse(`
apiVersion: hearth.dev/v1alpha1
kind: Ollama
metadata: {name: ollama, namespace: ai}
spec:
  models: ["llama3.2:3b"]
`)}
	if err := fns.Process(list); err != nil {
		fmt.Println(err)
	}
	for _, item := range list.Items {
		fmt.Println(item.GetKind(), item.GetNamespace()+"/"+item.GetName())
	}
	// Output:
	// ServiceAccount ai/ollama
	// PersistentVolumeClaim ai/ollama
	// Deployment ai/ollama
	// Service ai/ollama
	// NetworkPolicy ai/ollama
}

// A mistake is told on the third stream, and the list comes back with results.
func ExampleRun() {
	err := fns.Run(strings.NewReader(`
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: hearth.dev/v1alpha1
  kind: Ollama
  metadata: {name: ollama, namespace: ai}
  spec:
    models: ["llama3.2:3b"]
    pull: nevr
`[1:]), new(strings.Builder), os.Stdout)
	fmt.Println(err)
	// Output:
	// hearth-fn: error: Ollama ai/ollama: spec.pull: unsupported value "nevr": supported values: missing, never; did you mean "never"?
	// the results have errors
}
