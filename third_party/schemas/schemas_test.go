package schemas_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/third_party/schemas"
)

// What is made from others' files is only worth its provenance: an edit here
// must not go unnoticed.
func TestReadmeNamesTheFile(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("schemas.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(file)); !strings.Contains(string(readme), sum) {
		t.Errorf("schemas.txtar has SHA-256 %s, which README.md does not name", sum)
	}
}

func TestEveryReferenceHasItsDefinition(t *testing.T) {
	documents := map[string]any{}
	for name, text := range schemas.All() {
		var document any
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		documents[name] = document
	}
	for _, kind := range []string{"apps/v1/Deployment", "cert-manager.io/v1/Certificate", "traefik.io/v1alpha1/Middleware", "gateway.networking.k8s.io/v1/HTTPRoute", "longhorn.io/v1beta2/RecurringJob"} {
		if documents["kinds/"+kind] == nil {
			t.Errorf("no schema of %s", kind)
		}
	}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && documents[strings.TrimPrefix(ref, "/")] == nil {
				t.Errorf("%s is not defined", ref)
			}
			for _, child := range v {
				visit(child)
			}
		case []any:
			for _, child := range v {
				visit(child)
			}
		}
	}
	for _, document := range documents {
		visit(document)
	}
}
