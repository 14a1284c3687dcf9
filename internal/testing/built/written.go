package built

import (
	"encoding/json"
	"testing"

	"github.com/fluxcd/pkg/envsubst"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// Written is a stack with the values of Flux's variables written in it; nil for
// one that nobody substitutes.
func Written(t *testing.T, stack []byte, values map[string]string) []byte {
	t.Helper()
	s, problems := generator.Parse("hearth.yaml", stack)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	if s.Spec.Substitute != v1alpha1.SubstituteFlux {
		return nil
	}
	s.Spec.Substitute = ""
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := envsubst.Eval(string(data), func(name string) (string, bool) { return values[name], true })
	if err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}
