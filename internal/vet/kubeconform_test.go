package vet

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"

	"github.com/hearth-dev/hearth/third_party/jsonschema"
	"github.com/hearth-dev/hearth/third_party/schemas"
)

// kubeconform reads schemas from files or a server. Given ours as files, it
// must say the same of every fixture.
func TestKubeconformAgrees(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	doc := schemaDocument(t)
	dir := t.TempDir()
	theirs, err := validator.New([]string{filepath.Join(dir, "{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json")},
		validator.Opts{Strict: true, KubernetesVersion: "master", IgnoreMissingSchemas: true})
	if err != nil {
		t.Fatal(err)
	}
	ours, valid, invalid := &schemaSet{}, 0, 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name != "objects.yaml" {
				continue
			}
			objects, err := Decode(f.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				writeSchema(t, dir, doc, RefOf(o))
				data, err := json.Marshal(without(o))
				if err != nil {
					t.Fatal(err)
				}
				result := theirs.ValidateResource(resource.Resource{Bytes: data})
				if result.Status == validator.Skipped {
					continue // no schema
				}
				found := ours.check(newInput([]Object{o}, Facts{}))
				if (result.Status == validator.Valid) != (len(found) == 0) {
					t.Errorf("%s, %s: kubeconform says %v, we %v", file, RefOf(o), result.Err, found)
				}
				if len(found) == 0 {
					valid++
				} else {
					invalid++
				}
			}
		}
	}
	if valid < 50 || invalid < 2 {
		t.Errorf("compared %d valid objects and %d others: too few", valid, invalid)
	}
}

// schemaDocument is all kinds and definitions in one document.
func schemaDocument(t *testing.T) map[string]map[string]any {
	t.Helper()
	doc := map[string]map[string]any{"kinds": {}, "definitions": {}}
	for name, text := range schemas.All() {
		section, name, _ := strings.Cut(name, "/")
		var schema any
		if err := json.Unmarshal(bytes.ReplaceAll(text, []byte(`"/definitions/`), []byte(`"#/definitions/`)), &schema); err != nil {
			t.Fatal(err)
		}
		doc[section][name] = schema
	}
	return doc
}

// loader gives the compiler the schemas as they are packed.
type loader map[string][]byte

func (l loader) Load(url string) (any, error) {
	return jsonschema.UnmarshalJSON(bytes.NewReader(l[strings.TrimPrefix(url, schemaURL)]))
}

// TestSchemasAreDraft4 holds every schema against the draft's own, which a call
// of the function goes without, and follows every reference.
func TestSchemasAreDraft4(t *testing.T) {
	jsonschema.CompileMetaschemas()
	sources := schemas.All()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4)
	compiler.UseLoader(loader(sources))
	lazy := &schemaSet{}
	for name := range sources {
		if _, err := compiler.Compile(schemaURL + name); err != nil {
			t.Error(err)
		}
		if _, err := lazy.schema(name); err != nil {
			t.Error(err)
		}
	}
}

// writeSchema puts a kind's schema where kubeconform looks for it.
func writeSchema(t *testing.T, dir string, doc map[string]map[string]any, r Ref) {
	t.Helper()
	kind, ok := doc["kinds"][r.APIVersion+"/"+r.Kind].(map[string]any)
	if !ok {
		return
	}
	group, version, has := strings.Cut(r.APIVersion, "/")
	if !has {
		version = group
	}
	file := filepath.Join(dir, group+"_"+version+"_"+strings.ToLower(r.Kind)+".json")
	if _, err := os.Stat(file); err == nil {
		return
	}
	whole := maps.Clone(kind)
	if ref, ok := kind["$ref"].(string); ok { // draft 4 reads nothing beside a reference
		whole = map[string]any{"allOf": []any{map[string]any{"$ref": ref}}}
	}
	whole["definitions"] = doc["definitions"]
	data, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
