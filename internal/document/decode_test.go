package document_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/document"
)

func TestDecode(t *testing.T) {
	yes, only := true, []RouteType{"nginx"}
	for _, test := range []struct {
		name, in string
		want     Route
	}{
		{"scalars", "{host: a.example, weight: -5, secure: true}", Route{Host: "a.example", Weight: -5, Secure: true}},
		{"quotes make a string", `{host: "1.10", name: 'yes'}`, Route{Host: "1.10", Common: Common{Name: "yes"}}},
		{"a block of text", "host: |\n  a\n  b\n", Route{Host: "a\nb\n"}},
		{"a folded block is text, whatever it says", "host: >-\n  yes\n", Route{Host: "yes"}},
		{"a date is text", "host: 2024-01-31", Route{Host: "2024-01-31"}},
		{"the tag !!str makes a string", "host: !!str 5", Route{Host: "5"}},
		{"an enum", "type: nginx", Route{Type: "nginx"}},
		{"a type with UnmarshalText sees the spelling", "{size: 1.10, port: 8080}", Route{Common: Common{Size: "1.10"}, Port: 8080}},
		{"embedded fields", "{name: x, size: 5Gi}", Route{Common: Common{Name: "x", Size: "5Gi"}}},
		{"pointers", "{redirect: true, back: {host: x}, only: [nginx]}", Route{Redirect: &yes, Back: &Back{Host: "x"}, Only: &only}},
		{"an empty list is not an absent one", "{models: [], only: []}", Route{Models: []string{}, Only: &[]RouteType{}}},
		{"an empty mapping is not an absent one", "{back: {}, labels: {}}", Route{Back: &Back{}, Labels: map[string]string{}}},
		{"null is absent", "{host: null, redirect: ~, back: , models: null, labels: null, object: null}", Route{}},
		{"maps", "labels: {app.kubernetes.io/name: x}", Route{Labels: map[string]string{"app.kubernetes.io/name": "x"}}},
		{"maps with typed keys", "weights: {nginx: 3}", Route{Weights: map[RouteType]int{"nginx": 3}}},
		{"scalar or mapping", "env: {A: 1.10, B: on, C: {secret: s}, D: {value: x}}", Route{Env: map[string]Env{
			"A": {Value: "1.10"}, "B": {Value: "on"}, "C": {Secret: "s"}, "D": {Value: "x"},
		}}},
		{"a merge patch stays as it was written", "changes: [{size: 1.10, port: 80, weight: 7, labels: {a: null, b: x}, env: {A: , B: 1.10}, back: {host: x}, models: [a], host: null, object: {a: 1.5}}]", Route{Changes: []Change{{
			"size": "1.10", "port": "80", "weight": int64(7), "labels": map[string]any{"a": nil, "b": "x"}, "env": map[string]any{"A": nil, "B": "1.10"},
			"back": map[string]any{"host": "x"}, "models": []any{"a"}, "host": nil, "object": map[string]any{"a": 1.5},
		}}}},
		{"any JSON", "object: {a: [1, 0x10, 1.5, True, x, null, {b: yes}], c: null, d: 2024-01-31}", Route{Object: Object{
			"a": []any{int64(1), int64(16), 1.5, true, "x", nil, map[string]any{"b": "yes"}}, "c": nil, "d": "2024-01-31",
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, problems := document.Parse("hearth.yaml", []byte(test.in))
			var got Route
			if all := lines(problems, document.Decode(n, &got)); all != nil {
				t.Fatalf("problems: %q", all)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeProblems(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"a misspelt field", "host: x\nback: {hots: x}\n", []string{
			`hearth.yaml:2:8: back.hots: unknown field "hots"; did you mean "host"?`}},
		{"a field that is a part of another", "back: {hostName: x}", []string{
			`hearth.yaml:1:8: back.hostName: unknown field "hostName"; did you mean "host"?`}},
		{"a word for a mapping", "back: a.example", []string{
			`hearth.yaml:1:7: back: got the string "a.example", want a mapping of host, size; write {host: "a.example"}`}},
		{"a word for a list of mappings", "backs: a.example", []string{
			`hearth.yaml:1:8: backs: got the string "a.example", want a list; start each item with "- "`}},
		{"a field that is like no other", "back: {colour: x}", []string{
			`hearth.yaml:1:8: back.colour: unknown field "colour": known fields: host, size; remove it`}},
		{"an unknown field is not hidden by a null", "back: {colour: }", []string{
			`hearth.yaml:1:8: back.colour: unknown field "colour": known fields: host, size; remove it`}},
		{"case counts", "back: {Host: x}", []string{
			`hearth.yaml:1:8: back.Host: unknown field "Host"; did you mean "host"?`}},
		{"a misspelt value", "type: ngnix", []string{
			`hearth.yaml:1:7: type: unsupported value "ngnix": supported values: internal, nginx, traefik; did you mean "nginx"?`}},
		{"a value that is like no other", `type: ""`, []string{
			`hearth.yaml:1:7: type: unsupported value "": supported values: internal, nginx, traefik`}},
		{"a list for an enum", "only: [[nginx]]", []string{
			`hearth.yaml:1:8: only[0]: got a list, want one of internal, nginx, traefik`}},
		{"a number for a string keeps its spelling", "host: 1.10", []string{
			`hearth.yaml:1:7: host: got the number 1.10, want a string; quote it: "1.10"`}},
		{"a boolean for a string", "labels: {a: true}", []string{
			`hearth.yaml:1:13: labels.a: got the boolean true, want a string; quote it: "true"`}},
		{"what old YAML takes for a boolean", "host: no", []string{
			`hearth.yaml:1:7: host: got no, which some tools read as a boolean and some as text, want a string; quote it: "no"`}},
		{"a mapping for a string", "host:\n  name: x\n", []string{
			`hearth.yaml:1:1: host: got a mapping, want a string`}},
		{"a boolean spelled as in old YAML", "secure: yes", []string{
			`hearth.yaml:1:9: secure: got yes, which some tools read as a boolean and some as text, want true or false; write true, without quotes`}},
		{"a boolean in quotes", `secure: "False"`, []string{
			`hearth.yaml:1:9: secure: got the string "False", want true or false; write false, without quotes`}},
		{"a number for a boolean", "redirect: 1", []string{
			`hearth.yaml:1:11: redirect: got the number 1, want true or false`}},
		{"a fraction", "weight: 1.0", []string{
			`hearth.yaml:1:9: weight: got the number 1.0, want a whole number`}},
		{"a number in quotes", `weight: "5"`, []string{
			`hearth.yaml:1:9: weight: got the string "5", want a whole number; write 5, without quotes`}},
		{"a number that tools read differently", "weight: 010", []string{
			`hearth.yaml:1:9: weight: got the number 010, want a whole number in plain decimal digits; write 8`}},
		{"a number that is too big", "weight: 3000000000", []string{
			`hearth.yaml:1:9: weight: 3000000000 does not fit into 32 bits`}},
		{"a number that is far too big", "weight: 18000000000000000000", []string{
			`hearth.yaml:1:9: weight: 18000000000000000000 does not fit into 32 bits`}},
		{"what UnmarshalText refuses", "size: 4GB", []string{
			`hearth.yaml:1:7: size: "4GB": want a size such as 10Gi`}},
		{"a list for a single value", "size: [4Gi]", []string{
			`hearth.yaml:1:1: size: got a list, want a single value`}},
		{"a single value for a list", "models: llama3.2:3b", []string{
			`hearth.yaml:1:9: models: got the string "llama3.2:3b", want a list; write ["llama3.2:3b"]`}},
		{"a mapping for a list", "backs:\n  host: x\n", []string{
			`hearth.yaml:1:1: backs: got a mapping, want a list; start each item with "- "`}},
		{"a list for a mapping", "back:\n  - host: x\n", []string{
			`hearth.yaml:1:1: back: got a list, want a mapping of host, size`}},
		{"a scalar for a map", "labels: x", []string{
			`hearth.yaml:1:9: labels: got the string "x", want a mapping; write "name: value" lines`}},
		{"a list for scalar or mapping", "env: {A: [x]}", []string{
			`hearth.yaml:1:7: env.A: got a list, want a single value, or a mapping of value, secret`}},
		{"the mapping of a scalar or mapping is strict", "env: {A: {value: 5}}", []string{
			`hearth.yaml:1:18: env.A.value: got the number 5, want a string; quote it: "5"`}},
		{"null as an item", "models:\n  - x\n  -\n", []string{
			`hearth.yaml:3:4: models[1]: got null, want a value; write a value ("" is an empty string), or remove the entry`}},
		{"an empty string", `{host: "", back: {host: ''}, models: [""], labels: {a: ""}}`, []string{
			`hearth.yaml:1:8: host: got "", want a value; write a value, or remove the field`,
			`hearth.yaml:1:25: back.host: got "", want a value; write a value, or remove the field`}},
		{"null as an entry", "labels: {a/b: null}", []string{
			`hearth.yaml:1:15: labels[a/b]: got null, want a value; write a value ("" is an empty string), or remove the entry`}},
		{"null as an entry behind a merge patch", "changes: [{labels: {a: null}}]\nlabels: {a: null}", []string{
			`hearth.yaml:2:13: labels.a: got null, want a value; write a value ("" is an empty string), or remove the entry`}},
		{"an unknown field of a merge patch", "changes: [{hots: x}]", []string{
			`hearth.yaml:1:12: changes[0].hots: unknown field "hots"; did you mean "host"?`}},
		{"a merge patch that is no mapping", "changes: [x]", []string{
			`hearth.yaml:1:11: changes[0]: got the string "x", want a mapping of name, size, host, type, port, weight, redirect, secure, models, labels, env, back, backs, only, weights, object, changes`}},
		{"null as an item of a merge patch", "changes: [{models: [null]}]", []string{
			`hearth.yaml:1:21: changes[0].models[0]: got null, want a value; write a value ("" is an empty string), or remove the entry`}},
		{"a key that its type refuses", "weights: {ngnix: 3}", []string{
			`hearth.yaml:1:11: weights.ngnix: unsupported value "ngnix": supported values: internal, nginx, traefik; did you mean "nginx"?`}},
		{"a scalar for any object", "object: 5", []string{
			`hearth.yaml:1:9: object: got the number 5, want a mapping; write "name: value" lines`}},
		{"numbers that JSON has not", "object: {a: .inf, b: [18000000000000000000]}", []string{
			`hearth.yaml:1:13: object.a: got .inf, want a number that JSON has; quote it: ".inf"`,
			`hearth.yaml:1:23: object.b[0]: 18000000000000000000 does not fit into 64 bits; quote it: "18000000000000000000"`}},
		{"everything at once, from top to bottom", "type: x\nbacks:\n  - hots: x\n  - size: 3\n\nsecure: yep\n", []string{
			`hearth.yaml:1:7: type: unsupported value "x": supported values: internal, nginx, traefik`,
			`hearth.yaml:3:5: backs[0].hots: unknown field "hots"; did you mean "host"?`,
			`hearth.yaml:4:11: backs[1].size: "3": want a size such as 10Gi`,
			`hearth.yaml:6:9: secure: got the string "yep", want true or false`}},
		{"at the alias, but the line of the anchor", "labels: {a: &x ok, b: &y 5}\nhost: *x\nback: {host: *y}\n", []string{
			`hearth.yaml:1:23: back.host: got the number 5, want a string; quote it: "5"`,
			`hearth.yaml:1:23: labels.b: got the number 5, want a string; quote it: "5"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, problems := document.Parse("hearth.yaml", []byte(test.in))
			if diff := cmp.Diff(test.want, lines(problems, document.Decode(n, &Route{}))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
