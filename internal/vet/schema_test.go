package vet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	google "github.com/google/jsonschema-go/jsonschema"
	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"
	"golang.org/x/tools/txtar"
	"k8s.io/kube-openapi/pkg/validation/spec"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/testing/mutant"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	"github.com/hearth-dev/hearth/third_party/schemas"
)

// judge says what is wrong with an object by its kind's schema, nil if nothing is.
type judge func(o Object) error

// TestOthersAgree holds our verdict on every object of the fixtures and of the
// committed stack, and on mutants of those, against two others: Google's
// evaluator of JSON Schema, and kubeconform with its engine, which have nothing
// in common with ours.
func TestOthersAgree(t *testing.T) {
	sources := schemas.All()
	others := map[string]judge{"google/jsonschema-go": googleJudge(t, sources), "kubeconform": kubeconformJudge(t, sources)}
	ours, valid, invalid := &schemaSet{}, 0, 0
	compare := func(what string, o Object) {
		found := ours.check(&input{Set: objects.New([]Object{o})})
		if len(found) == 0 {
			valid++
		} else {
			invalid++
		}
		for name, judge := range others {
			if err := judge(without(o).(Object)); (err == nil) != (len(found) == 0) {
				text, _ := json.Marshal(o)
				t.Errorf("%s: %s says %v, we %v of\n%s", what, name, err, found, text)
			}
		}
	}
	kinds := map[string][]Object{}
	for _, o := range everyObject(t) {
		if name := RefOf(o).APIVersion + "/" + RefOf(o).Kind; sources["kinds/"+name] != nil {
			kinds[name] = append(kinds[name], o)
			compare(RefOf(o).String(), o)
		}
	}
	names := slices.Sorted(maps.Keys(kinds))
	for n := range sample.Size(4000, 20000) { // each kind in turn: the rarer ones have more to say than types
		objects := kinds[names[n%len(names)]]
		o := objects[n/len(names)%len(objects)]
		compare(fmt.Sprintf("%s, mutant %d", RefOf(o), n), mutant.Of(o, uint64(n), "apiVersion", "kind"))
	}
	t.Logf("%d valid and %d invalid objects of %d kinds", valid, invalid, len(kinds))
	// The shares of a handful, which HEARTH_SAMPLES can ask for, say nothing.
	if all := valid + invalid; all > 1000 && (invalid*2 < all || valid*10 < all) || len(kinds) < 24 {
		t.Errorf("compared %d valid and %d invalid objects of %d kinds: too few of one", valid, invalid, len(kinds))
	}
}

// everyObject is of the fixtures and of the committed stack, as encoding/json
// decodes them.
func everyObject(t *testing.T) []Object {
	t.Helper()
	var all []Object
	add := func(name string, data []byte) {
		objects, err := Decode(data)
		if err != nil {
			return // a patch, or broken on purpose
		}
		text, err := json.Marshal(objects)
		if err != nil {
			t.Fatal(err)
		}
		var plain []Object
		if err := json.Unmarshal(text, &plain); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, slices.DeleteFunc(plain, func(o Object) bool {
			text, _ := json.Marshal(o)
			return bytes.Contains(text, []byte("${")) // which ours takes for a value that Flux puts in
		})...)
	}
	for _, root := range []string{"testdata", "../../bases", "../../overlays"} {
		err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			switch filepath.Ext(file) {
			case ".yaml":
				add(file, data)
			case ".txtar":
				for _, f := range txtar.Parse(data).Files {
					if strings.HasSuffix(f.Name, ".yaml") {
						add(file, f.Data)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// googleJudge reads the schemas as of draft 7, the oldest it knows. No keyword
// in them has another meaning there than in draft 4.
func googleJudge(t *testing.T, sources map[string][]byte) judge {
	t.Helper()
	load := func(uri *url.URL) (*google.Schema, error) {
		schema := &google.Schema{}
		err := json.Unmarshal(sources[strings.TrimPrefix(uri.Path, "/")], schema)
		schema.Schema = "http://json-schema.org/draft-07/schema#"
		return schema, err
	}
	resolved := map[string]*google.Resolved{}
	return func(o Object) error {
		at := "/kinds/" + RefOf(o).APIVersion + "/" + RefOf(o).Kind
		if resolved[at] == nil {
			schema, err := load(&url.URL{Path: at})
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			resolved[at], err = schema.Resolve(&google.ResolveOptions{BaseURI: "mem://" + at, Loader: load})
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
		}
		return resolved[at].Validate(o)
	}
}

// kubeconformJudge reads schemas from files or a server: it gets ours as files.
func kubeconformJudge(t *testing.T, sources map[string][]byte) judge {
	t.Helper()
	definitions := map[string]json.RawMessage{}
	for name, text := range sources {
		if name, ok := strings.CutPrefix(name, "definitions/"); ok {
			definitions[name] = within(text)
		}
	}
	dir := t.TempDir()
	theirs, err := validator.New([]string{filepath.Join(dir, "{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json")},
		validator.Opts{Strict: true, KubernetesVersion: "master"})
	if err != nil {
		t.Fatal(err)
	}
	written := map[Ref]bool{}
	return func(o Object) error {
		ref := Ref{APIVersion: RefOf(o).APIVersion, Kind: RefOf(o).Kind}
		if !written[ref] {
			written[ref] = true
			group, version, has := strings.Cut(ref.APIVersion, "/")
			if !has {
				version = group
			}
			// Draft 4 reads nothing beside a reference, so that it stands below.
			data, err := json.Marshal(map[string]any{"definitions": definitions,
				"allOf": []any{within(sources["kinds/"+ref.APIVersion+"/"+ref.Kind])}})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, group+"_"+version+"_"+strings.ToLower(ref.Kind)+".json")
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return theirs.ValidateResource(resource.Resource{Bytes: data}).Err
	}
}

// within is a schema whose references are to the document that it stands in.
func within(schema []byte) json.RawMessage {
	return json.RawMessage(strings.ReplaceAll(string(schema), `"/definitions/`, `"#/definitions/`))
}

// TestEverySchemaIsFollowed reads every schema, and finds in it nothing that the
// validator passes over: every pattern compiles, and a reference stands where it
// is followed.
func TestEverySchemaIsFollowed(t *testing.T) {
	set := &schemaSet{}
	for name := range schemas.All() {
		schema, err := set.named(name)
		if err != nil {
			t.Fatal(err)
		}
		followed(t, name, set, schema, false)
	}
}

// followed checks one schema and those below it.
func followed(t *testing.T, at string, set *schemaSet, schema *spec.Schema, alternative bool) {
	t.Helper()
	if reference := schema.Ref.String(); reference != "" {
		if _, err := set.definition(reference); err != nil || alternative {
			t.Errorf("%s: the reference %s is not followed: in an alternative is %v, %v", at, reference, alternative, err)
		}
	}
	if _, err := regexp.Compile(schema.Pattern); err != nil {
		t.Errorf("%s: %v", at, err)
	}
	for key := range schema.ExtraProps {
		t.Errorf("%s: nothing reads the keyword %s", at, key)
	}
	for name, property := range schema.Properties {
		followed(t, at+"."+name, set, &property, alternative)
	}
	if schema.Items != nil {
		followed(t, at+"[]", set, schema.Items.Schema, alternative)
	}
	if more := schema.AdditionalProperties; more != nil && more.Schema != nil {
		followed(t, at+".*", set, more.Schema, alternative)
	}
	for _, one := range slices.Concat(schema.AllOf, schema.AnyOf, schema.OneOf) {
		followed(t, at+"|", set, &one, true)
	}
	if schema.Not != nil {
		followed(t, at+"!", set, schema.Not, true)
	}
}
