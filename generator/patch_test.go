package generator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/generator"
)

// TestPatchesThatMiss has patches of objects that there are not, each beside one
// that finds its object.
func TestPatchesThatMiss(t *testing.T) {
	const stack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama: {models: ["llama3.2:3b"]}
      openWebUI: {}
      resources: [{apiVersion: v1, kind: ConfigMap, metadata: {name: motd}, data: {a: b}}]
      patches: [BASE]
  overlays: [{name: homelab, bases: [{name: ai, OVERRIDE}], patches: [OVERLAY]}]
`
	const change = `patch: '[{"op": "add", "path": "/metadata/labels/x", "value": "y"}]'`
	merge := func(apiVersion, kind, metadata string) string {
		return `{patch: "{apiVersion: ` + apiVersion + `, kind: ` + kind + `, metadata: {` + metadata + `, labels: {x: y}}}"}`
	}
	for _, tt := range []struct {
		name, where, patch string
		want               string // all problems; "" if the patch finds its object
	}{
		{"a name", "BASE", `{target: {kind: Deployment, name: ollama}, ` + change + `}`, ""},
		{"a name misspelt", "BASE", `{target: {kind: Deployment, name: olama}, ` + change + `}`,
			`spec.bases[0].patches[0].target.name: got "olama", which selects nothing: there is ollama; did you mean "ollama"?`},
		{"a kind", "OVERLAY", `{target: {kind: Deploy.*, namespace: ai}, ` + change + `}`, ""},
		{"a kind misspelt", "OVERLAY", `{target: {kind: Deploymnt, name: ollama}, ` + change + `}`,
			`spec.overlays[0].patches[0].target.kind: got "Deploymnt", which selects nothing: there is Deployment, NetworkPolicy, PersistentVolumeClaim, Service, ServiceAccount; did you mean "Deployment"?`},
		{"a label", "OVERLAY", `{target: {labelSelector: app.kubernetes.io/name=ollama}, ` + change + `}`, ""},
		{"a label that nothing has", "OVERLAY", `{target: {kind: StatefulSet, labelSelector: app.kubernetes.io/name=ollama}, ` + change + `}`,
			`spec.overlays[0].patches[0].target.kind: got "StatefulSet", which selects nothing: there is Deployment, NetworkPolicy, PersistentVolumeClaim, Service, ServiceAccount`},
		{"a label that an earlier patch sets", "OVERLAY", `{target: {kind: Deployment}, ` + change + `}, {target: {labelSelector: x=y}, ` + change + `}`, ""},
		{"an object", "BASE", merge("apps/v1", "Deployment", "name: ollama, namespace: ai"), ""},
		{"an object without its namespace", "BASE", merge("apps/v1", "Deployment", "name: ollama"),
			`spec.bases[0].patches[0].patch: it has no metadata.namespace, and there is no such object: there is Deployment/ai/ollama; write namespace: ai in its metadata`},
		{"an object without its namespace, in an overlay", "OVERLAY", merge("apps/v1", "Deployment", "name: ollama"),
			`spec.overlays[0].patches[0].patch: it has no metadata.namespace, and there is no such object: there is Deployment/ai/ollama; write namespace: ai in its metadata`},
		{"an object in another version", "OVERLAY", merge("apps/v1beta1", "Deployment", "name: ollama, namespace: ai"),
			`spec.overlays[0].patches[0].patch: its apiVersion is "apps/v1beta1", and there is no such object: there is Deployment/ai/ollama; write apiVersion: apps/v1`},
		{"a person's own object", "BASE", merge("v1", "ConfigMap", "name: motd"), ""},
		{"a person's own object in a namespace that it does not say", "BASE", merge("v1", "ConfigMap", "name: motd, namespace: ai"),
			`spec.bases[0].patches[0].patch: its metadata.namespace is "ai", and there is no such object: there is ConfigMap/motd; leave its metadata.namespace out`},
		{"two that miss", "OVERLAY", merge("apps/v1", "Deployment", "name: ollama") + `, {target: {name: olama}, ` + change + `}`,
			`spec.overlays[0].patches[0].patch: it has no metadata.namespace, and there is no such object: there is Deployment/ai/ollama; write namespace: ai in its metadata
spec.overlays[0].patches[1].target.name: got "olama", which selects nothing: there is motd, ollama, open-webui, open-webui-headless; did you mean "ollama"?`},
		{"of a base, in an overlay that leaves its object out", "BASE", `{target: {kind: StatefulSet}, ` + change + `}], #OVERRIDE: [`, ""},
		{"in place of the base's", "OVERRIDE", `patches: [{target: {kind: Statefulset}, ` + change + `}]`,
			`spec.overlays[0].bases[0].patches[0].target.kind: got "Statefulset", which selects nothing: there is ConfigMap, Deployment, NetworkPolicy, PersistentVolumeClaim, Service, ServiceAccount, StatefulSet; did you mean "StatefulSet"?`},
		{"an operation that does not apply", "OVERLAY",
			`{target: {kind: Deployment}, ` + change + `}, {target: {kind: Deployment}, patch: '[{"op": "replace", "path": "/spec/no/where", "value": 1}]'}`,
			`spec.overlays[0].patches[1].patch: kustomize cannot apply it: replace operation does not apply: doc is missing path: /spec/no/where: missing value`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(stack, tt.where, tt.patch, 1)
			if strings.Contains(text, "#OVERRIDE") {
				text = strings.Replace(strings.Replace(text, ", #OVERRIDE: []", "", 1), "OVERRIDE", "openWebUI: null", 1)
			}
			for _, unused := range []string{"BASE", ", OVERRIDE", "OVERLAY"} {
				text = strings.Replace(text, unused, "", 1)
			}
			r, problems := generator.Load("", []byte(text))
			if problems.Err() != nil {
				t.Fatalf("%s\n%s", problems, text)
			}
			_, problems = generator.Generate(r)
			got := problems.Errors().String()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
