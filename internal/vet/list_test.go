package vet_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/vet"
)

// Lists of every kind are read as their items are, alone, in each other and with
// what the items leave to the list; what is no list stays one object.
func TestLists(t *testing.T) {
	const (
		body    = "metadata: {name: a, namespace: x}, spec: {defaultBackend: {service: {name: missing, port: {number: 80}}}}"
		ingress = "{apiVersion: networking.k8s.io/v1, kind: Ingress, " + body + "}"
	)
	// open is an Ollama and a Service that leads to it, if a namespace that is not
	// written is default.
	open := func(service, pod string) string {
		in := func(namespace string) string {
			if namespace == "" {
				return ""
			}
			return ", namespace: " + namespace
		}
		return "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {name: s" + in(service) + "}, spec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 80, targetPort: http}]}}," +
			"{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {a: b}" + in(pod) + "}, spec: {containers: [{name: a, image: ollama/ollama, ports: [{name: http, containerPort: 11434}]}]}}]}"
	}
	for name, c := range map[string]struct {
		text    string
		objects int
		want    string // in a finding; "" where there is none
	}{
		"alone":                    {ingress, 1, "wildcard-host Ingress/x/a"},
		"List":                     {"{apiVersion: v1, kind: List, items: [" + ingress + "]}", 1, "wildcard-host Ingress/x/a"},
		"List of Lists":            {"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [" + ingress + ", " + ingress + "]}]}", 2, "wildcard-host Ingress/x/a"},
		"IngressList":              {"{apiVersion: networking.k8s.io/v1, kind: IngressList, items: [{" + body + "}]}", 1, "wildcard-host Ingress/x/a"},
		"IngressList in a List":    {"{apiVersion: v1, kind: List, items: [{apiVersion: networking.k8s.io/v1, kind: IngressList, items: [{" + body + "}]}]}", 1, "wildcard-host Ingress/x/a"},
		"IngressList with kinds":   {"{apiVersion: networking.k8s.io/v1, kind: IngressList, items: [" + ingress + "]}", 1, "wildcard-host Ingress/x/a"},
		"ResourceList":             {"{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [" + ingress + "], functionConfig: {kind: A}}", 1, "wildcard-host Ingress/x/a"},
		"no items":                 {"{apiVersion: v1, kind: List}", 0, ""},
		"null":                     {"{apiVersion: apps/v1, kind: DeploymentList, items: null}", 0, ""},
		"a kind that ends so":      {"{apiVersion: example.org/v1, kind: AllowList, metadata: {name: a}, spec: {items: [a]}}", 1, "schema-unknown AllowList/a"},
		"an item without a kind":   {"{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}", 0, "items[0]: no kind"},
		"an item that is text":     {"{apiVersion: v1, kind: List, items: [{kind: List, items: [a]}]}", 0, "items[0]: items[0] is no object"},
		"a policy of no direction": {"{apiVersion: v1, kind: List, items: [{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, policyTypes: [Upward]}}, {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b}]}}]}", 2, "network-policy Pod/a"},
		"none and default":         {open("default", ""), 2, "Service/default/s"},
		"none and none":            {open("", ""), 2, "Service/s"},
		"none and another":         {open("x", ""), 2, "!Service/x/s"},
		"another and none":         {open("", "x"), 2, "!Service/s"},
	} {
		t.Run(name, func(t *testing.T) {
			r := vet.New().Objects("stdin", []byte(c.text))
			if r.Objects != c.objects {
				t.Errorf("%d objects, want %d", r.Objects, c.objects)
			}
			var said []string
			for _, f := range r.Findings {
				said = append(said, f.Rule+" "+f.Object.String()+" "+f.Path+": "+f.Message)
			}
			want, not := strings.CutPrefix(c.want, "!")
			if all := strings.Join(said, "\n"); strings.Contains(all, want) == not || c.want == "" && all != "" {
				t.Errorf("want %q, got\n%s", c.want, all)
			}
		})
	}
}
