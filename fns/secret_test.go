package fns_test

import (
	"strings"
	"testing"
)

// What is said, and what stands in the results, has no secret of the list's: kpt
// keeps both in the Kptfile.
func TestNoSecretIsTold(t *testing.T) {
	const (
		hidden = "hunter2"
		check  = "{kind: StackCheck, metadata: {name: check}, spec: {}}"
		secret = "apiVersion: v1, kind: Secret, metadata: {name: users, namespace: ai}"
		pod    = "containers: [{name: a, image: \"docker.io/a/b:1\", env: [{name: API_TOKEN, value: hunter2}]}]"
	)
	ollama := func(spec string) string {
		return "{kind: Ollama, metadata: {name: ollama, namespace: ai}, spec: {models: [\"llama3.2:3b\"], " + spec + "}}"
	}
	for _, test := range []struct{ name, item, config string }{
		{"data that is no base64", secret + ", data: {users: \"hunter2!\"}", check},
		{"data of another type", secret + ", data: hunter2", check},
		{"a list for a value", secret + ", stringData: {users: [hunter2]}", check},
		{"a misspelt field", secret + ", stringdata: {users: hunter2}", check},
		{"text for metadata", "apiVersion: v1, kind: Secret, metadata: hunter2", check},
		{"a list for annotations", "apiVersion: v1, kind: Secret, metadata: {name: users, annotations: [hunter2]}", check},
		{"no name", "apiVersion: v1, kind: Secret, stringData: {users: hunter2}", check},
		{"a variable", "apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: ai}, spec: {template: {spec: {" + pod + "}}}", check},
		{"a variable of the config", "", ollama("env: {API_TOKEN: hunter2}")},
		{"a list for a variable", "", ollama("env: {API_TOKEN: [hunter2]}")},
		{"a proxy's password", "", ollama("proxy: {https: \"ftp://me:hunter2@proxy.example.org:3128\"}")},
		{"a model's registry", "", ollama("storage: {size: 1x}, image: {registry: \"https://me:hunter2@example.org\"}")},
	} {
		t.Run(test.name, func(t *testing.T) {
			items := ""
			if test.item != "" {
				items = "{" + test.item + "}"
			}
			out, said, err := run(t, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: ["+items+
				"]\nfunctionConfig: "+strings.Replace(test.config, "{", "{apiVersion: hearth.dev/v1alpha1, ", 1)+"\n")
			if said == "" {
				t.Errorf("nothing to tell; error %v, results\n%s", err, out)
			}
			_, results, _ := strings.Cut(out, "\nresults:")
			if strings.Contains(said+results, hidden) {
				t.Errorf("it tells the secret:\n%s\n%s", said, results)
			}
		})
	}
}
