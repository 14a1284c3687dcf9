package remote_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/remote"
)

func TestCheck(t *testing.T) {
	for _, text := range []string{
		"resources: [https://example.org/a.yaml]", "resources: [HTTP://example.org/a.yaml]",
		"resources: [a.yaml, 'github.com/a/b//c?ref=main']", "resources: ['git@github.com:a/b.git']",
		"resources: ['git::https://example.org/a/b']", "resources: ['ssh://git@example.org/a/b']",
		"resources: ['file:///srv/a.git']", "bases: ['user@example.org:a/b']", "components: [https://example.org/a/b//c]",
		"patches: [{path: 'https://example.org/p.yaml', target: {kind: A}}]", "patchesStrategicMerge: [https://example.org/p.yaml]",
		"configMapGenerator: [{name: a, files: ['a=https://example.org/a']}]", "secretGenerator: [{name: a, envs: [https://example.org/a]}]",
		"openapi: {path: https://example.org/a}", "replacements: [{path: https://example.org/a}]",
		"crds: [https://example.org/a]", "generators: [https://example.org/a]", "transformers: [https://example.org/a]",
	} {
		if remote.Check("a/kustomization.yaml", []byte(text)) == nil {
			t.Errorf("%s: passed", text)
		}
		if err := remote.Check("a/other.yaml", []byte(text)); err != nil {
			t.Errorf("%s in no kustomization: %v", text, err)
		}
	}
	for _, text := range []string{
		"resources: [a.yaml, ../base, ../../github.com/a, my.git, a=b.yaml]", "commonAnnotations: {source: https://github.com/a/b}",
		"configMapGenerator: [{name: a, literals: ['URL=https://example.org'], files: [a=b/c, d]}]",
		"patches: [{path: p.yaml, target: {kind: A}, patch: 'https://example.org'}]", "images: [{name: ghcr.io/a/b, newTag: c}]",
		"- no\n- mapping", "a: [",
	} {
		if err := remote.Check("Kustomization", []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
