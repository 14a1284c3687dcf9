package unordered

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// What moves is a set; what stays has an order that means something.
func TestSorted(t *testing.T) {
	for _, test := range []struct{ name, object, want string }{
		{
			"a pod's lists",
			`{apiVersion: v1, kind: Pod, spec: {
				volumes: [{name: b}, {name: a}],
				containers: [{name: z, env: [{name: B}, {name: A}], args: [b, a]}, {name: a, volumeMounts: [{mountPath: /b}, {mountPath: /a}]}],
				initContainers: [{name: b, ports: [{containerPort: 81}, {containerPort: 80}]}, {name: a}]}}`,
			`{apiVersion: v1, kind: Pod, spec: {
				volumes: [{name: a}, {name: b}],
				containers: [{name: z, env: [{name: A}, {name: B}], args: [b, a]}, {name: a, volumeMounts: [{mountPath: /a}, {mountPath: /b}]}],
				initContainers: [{name: b, ports: [{containerPort: 80}, {containerPort: 81}]}, {name: a}]}}`,
		},
		{
			"a variable that refers to another",
			`{apiVersion: apps/v1, spec: {template: {spec: {containers: [{env: [{name: B, value: b}, {name: A, value: "is $(B)"}]}]}}}}`,
			`{apiVersion: apps/v1, spec: {template: {spec: {containers: [{env: [{name: B, value: b}, {name: A, value: "is $(B)"}]}]}}}}`,
		},
		{
			"two variables of a name: the last counts",
			`{apiVersion: apps/v1, spec: {template: {spec: {containers: [{env: [{name: B, value: b}, {name: A}, {name: B, value: a}]}]}}}}`,
			`{apiVersion: apps/v1, spec: {template: {spec: {containers: [{env: [{name: A}, {name: B, value: b}, {name: B, value: a}]}]}}}}`,
		},
		{
			"a Service's ports",
			`{apiVersion: v1, kind: Service, spec: {ports: [{port: 81}, {port: 80}]}}`,
			`{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}, {port: 81}]}}`,
		},
		{
			"a custom resource, whose lists are anybody's",
			`{apiVersion: example.com/v1, spec: {ports: [{port: 81}, {port: 80}], volumes: [{name: b}, {name: a}]}}`,
			`{apiVersion: example.com/v1, spec: {ports: [{port: 81}, {port: 80}], volumes: [{name: b}, {name: a}]}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var object, want map[string]any
			if err := errors.Join(yaml.Unmarshal([]byte(test.object), &object), yaml.Unmarshal([]byte(test.want), &want)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, Sorted(object)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
