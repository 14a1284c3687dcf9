package generator_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// The law tests hold Objects to kustomize; this is what they cannot ask.
func TestObjectsOfNoOverlay(t *testing.T) {
	const text = "{apiVersion: hearth.dev/v1alpha1, kind: Stack, metadata: {name: s}, spec: {bases: [{name: a, namespace: a, ollama: {models: [smollm2:135m]}}]}}"
	stack, problems := generator.Load("hearth.yaml", []byte(text))
	if stack == nil {
		t.Fatal(problems.Err())
	}
	if _, err := generator.Objects(stack, "home"); err.Err() == nil || !strings.Contains(err.String(), `overlay "home": not in the stack`) {
		t.Errorf("the error is %v", err)
	}
}
