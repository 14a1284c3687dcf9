package diff

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/objects"
)

// unified is the difference of an object's YAML, with the keys in the order of
// the alphabet.
func unified(ref objects.Ref, old, new objects.Object) string {
	name := strings.ToLower(strings.ReplaceAll(ref.String(), "/", "."))
	before, after := "a/"+name+".yaml", "b/"+name+".yaml"
	if old == nil {
		before = "/dev/null"
	}
	if new == nil {
		after = "/dev/null"
	}
	return string(diff.Diff(before, text(old), after, text(new)))
}

func text(o objects.Object) []byte {
	if o == nil {
		return nil
	}
	data, err := yaml.Marshal(o)
	if err != nil { // no JSON tree that was read fails
		return []byte(fmt.Sprintf("# %v\n", err))
	}
	return data
}
