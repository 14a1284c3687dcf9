package upgrade

import (
	"errors"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
)

func TestEdit(t *testing.T) {
	const path = "bases[1].ollama.image.tag"
	for name, c := range map[string]struct{ in, want string }{
		"a plain one": {
			"bases:\n- {}\n- ollama:\n    image:\n      tag: 0.23.2 # why\n",
			"bases:\n- {}\n- ollama:\n    image:\n      tag: 0.34.0 # why\n"},
		"quoted, behind other letters": {
			"bases: [{}, {größe: 'ü', ollama: {image: {tag: \"0.23.2\", digest: }}}]",
			"bases: [{}, {größe: 'ü', ollama: {image: {tag: \"0.34.0\", digest: }}}]"},
		"no tag": {
			"bases:\n- {}\n- ollama:\n    image:\n      # where from\n      registry: r.lan\n",
			"bases:\n- {}\n- ollama:\n    image:\n      tag: 0.34.0\n      # where from\n      registry: r.lan\n"},
		"no image": {
			"bases:\n- {}\n- ollama: # ours\n\n    # all\n    models: [a]\n",
			"bases:\n- {}\n- ollama: # ours\n    image: {tag: 0.34.0}\n\n    # all\n    models: [a]\n"},
		"no program, in an item": {
			"bases:\n- {}\n- name: ai",
			"bases:\n- {}\n- name: ai\n  ollama: {image: {tag: 0.34.0}}\n"},
		"an empty mapping": {
			"bases: [{}, {ollama: {}}]",
			"bases: [{}, {ollama: {image: {tag: 0.34.0}}}]"},
		"JSON": {
			`{"bases": [{}, {"ollama": {"models": ["a"]}}]}`,
			`{"bases": [{}, {"ollama": {"image": {"tag": "0.34.0"}, "models": ["a"]}}]}`},
		"a block of text, which has no place": {"bases:\n- {}\n- ollama:\n    image:\n      tag: |-\n        0.23.2\n", ""},
		"an alias":                            {"x: &x {image: {tag: a}}\nbases: [{}, {ollama: *x}]", ""},
		"an anchor":                           {"bases: [{}, {ollama: {image: {tag: &t 0.23.2}}}]", ""},
		"an escape":                           {"bases: [{}, {ollama: {image: {tag: \"0.23\\x2e2\"}}}]", ""},
		"a name over two lines":               {"bases:\n- {}\n- name: a\n    b\n  x: 1\n", ""},
		"nothing there":                       {"bases: [{}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := edit([]byte(c.in), problem.Change{Path: path, Value: "0.34.0"})
			if string(got) != c.want || (err == nil) != (c.want != "") || err != nil && !errors.Is(err, errPlace) {
				t.Errorf("got %q, %v\nwant %q", got, err, c.want)
			}
		})
	}
	if got, err := edit([]byte("a: {t: x}"), problem.Change{Path: "a.t", Value: "0.13"}); string(got) != `a: {t: "0.13"}` {
		t.Errorf("two numbers have to stay a text: %q, %v", got, err)
	}
}
