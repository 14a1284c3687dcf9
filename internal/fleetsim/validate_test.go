package fleetsim_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"sigs.k8s.io/yaml"

	build "github.com/hearth-dev/hearth/internal/build/fleet"
	"github.com/hearth-dev/hearth/internal/fleetsim"
	"github.com/hearth-dev/hearth/internal/testing/mutant"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	"github.com/hearth-dev/hearth/third_party/fleet"
)

// TestEditorsHaveOurSchema: the schema that fleet.yaml names for editors is the
// one that there is a copy of.
func TestEditorsHaveOurSchema(t *testing.T) {
	readme, err := os.ReadFile("../../third_party/fleet/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, commit, _ := strings.Cut(string(readme), "| commit | `")
	commit, _, _ = strings.Cut(commit, "`")
	_, path, _ := strings.Cut(string(readme), "https://github.com/rancher/fleet, file `")
	path, _, _ = strings.Cut(path, "`")
	if want := "https://raw.githubusercontent.com/rancher/fleet/" + commit + "/" + path; build.SchemaURL != want {
		t.Errorf("fleet.yaml names %s, and third_party/fleet is a copy of %s", build.SchemaURL, want)
	}
	text, err := os.ReadFile("../../fleet.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(text), "\n"); lines[1] != "# yaml-language-server: $schema="+build.SchemaURL {
		t.Errorf("the second line of fleet.yaml is %s", lines[1])
	}
}

// TestValidateAgrees holds our verdict on fleet.yaml, and on mutants of it,
// against that of Google's evaluator, which has nothing in common with ours.
func TestValidateAgrees(t *testing.T) {
	var schema jsonschema.Schema
	if err := json.Unmarshal(fleet.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	theirs, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	valid, invalid, mutants := 0, 0, sample.Size(2000, 10000) // of each file
	compare := func(what string, number int, value map[string]any) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		ours, other := fleetsim.Validate(text), theirs.Validate(value)
		if (ours == nil) != (other == nil) {
			t.Errorf("%s, mutant %d: google/jsonschema-go says %v, we %v of\n%s", what, number, other, ours, text)
		}
		if ours == nil {
			valid++
		} else {
			invalid++
		}
	}
	for _, name := range []string{"testdata/every-field.fleet.yaml", "../../fleet.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := yaml.Unmarshal(data, &value); err != nil {
			t.Fatal(err)
		}
		if err := fleetsim.Validate(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		compare(name, -1, value)
		for n := range mutants {
			compare(name, n, mutant.Of(value, uint64(n)))
		}
	}
	t.Logf("%d valid and %d invalid", valid, invalid)
	// The shares of a handful, which HEARTH_SAMPLES can ask for, say nothing.
	if all := valid + invalid; all > 1000 && (invalid*2 < all || valid*20 < all) {
		t.Errorf("compared %d valid and %d invalid values: too few of either", valid, invalid)
	}
}
