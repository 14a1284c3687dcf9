package document_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/document"
)

func TestRegroup(t *testing.T) {
	root, problems := document.Parse("f", []byte("metadata:\n  name: a\nspec:\n  models: [b]\n"))
	if problems != nil {
		t.Fatal(problems)
	}
	spec := root.Field("spec")
	base := spec.Regroup(map[string]*document.Node{
		"name":   root.Field("metadata").Field("name"),
		"proxy":  root.Field("proxy"), // absent
		"ollama": spec,
	})
	if base.Field("proxy") != nil {
		t.Error("an absent field is there after Regroup")
	}
	if got := base.Field("name").Text(); got != "a" {
		t.Errorf("name is %q, want a", got)
	}
	var got []string
	for _, path := range []string{"name", "ollama.models[0]", "ollama.image.tag", "expose.host"} {
		got = append(got, base.Problem(path, "x").String())
	}
	want := []string{
		"f:2:9: metadata.name: x",
		"f:4:12: spec.models[0]: x",
		"f:3:1: spec.image.tag: x",
		"f:3:1: spec.expose.host: x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	var none *document.Node
	if none.Regroup(nil) != nil {
		t.Error("Regroup of an absent node is there")
	}
}
