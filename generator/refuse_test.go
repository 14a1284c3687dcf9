package generator_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// What a Stack cannot have, because kustomize would spoil it or fail on it: a
// stack that is accepted has to become files. Random stacks found each of these.
func TestLoadRefusesWhatKustomizeSpoils(t *testing.T) {
	const patch = `, patches: [{patch: `
	for name, tt := range map[string]struct{ base, want string }{
		"a namespace that is a number": {`namespace: "1"`, "put a letter in front"},
		"a namespace that is a date":   {`namespace: "2024-01-01"`, "put a letter in front"},
		"a route that is a number": {`namespace: ai, expose: {type: nginx, name: "7", host: a.lan, tls: {type: none}}`,
			"put a letter in front"},
		"an object that is a number": {`namespace: ai, resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: "1.5"}}]`,
			"put a letter in front"},
		"a patch without a name": {`namespace: ai` + patch + `"{kind: Any, spec: {paused: true}}", target: {kind: Deployment}}]`,
			"kind and metadata.name"},
		"a patch that is indented": {`namespace: ai` + patch + `"  kind: Any\n  metadata: {name: any}\n", target: {kind: Deployment}}]`,
			"not valid YAML"},
		"a path that leaves the folder": {`namespace: ai, resources: [{apiVersion: v1, kind: "/../../x", metadata: {name: x}}]`,
			"want such as ConfigMap"},
	} {
		t.Run(name, func(t *testing.T) {
			stack, problems := generator.Load("hearth.yaml", []byte(`
apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases: [{name: ai, `+tt.base+`, ollama: {models: [llama3.2:3b]}}]
`))
			if stack != nil || !strings.Contains(problems.String(), tt.want) {
				t.Errorf("Load: a stack: %t, problems %v; want one that says %q", stack != nil, problems, tt.want)
			}
		})
	}
}
