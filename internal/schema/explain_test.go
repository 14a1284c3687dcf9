package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/schema"
)

// TestFragment: what is printed of a field's schema holds all that it refers to.
func TestFragment(t *testing.T) {
	d, err := schema.Stack()
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Find("spec.overlays.bases.expose")
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var fragment struct{ Definitions map[string]any }
	if err := json.Unmarshal(text, &fragment); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), `"#/definitions/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if fragment.Definitions[name] == nil {
			t.Errorf("no definition of %s", name)
		}
	}
	if fragment.Definitions["ExposeOverride"] == nil || fragment.Definitions["OllamaOverride"] != nil {
		t.Error("want the definitions below expose, and no others")
	}
}
