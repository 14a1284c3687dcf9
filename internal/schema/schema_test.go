package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/schema"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
)

var (
	update = flag.Bool("update", false, "rewrite comments.json and the committed schemas")
	server = flag.String("language-server", "", "ask the yaml-language-server that tools/lsp/install put into this folder")
)

const (
	api       = "../../api/v1alpha1"
	functions = "../../fns"
)

// committed are the schemas as editors find them.
var committed = map[string]func() ([]byte, error){
	"../../schema/hearth.schema.json":    schema.JSON,
	"../../schema/hearth-fn.schema.json": schema.Function,
}

// TestComments holds comments.json against the source; it goes before the
// schema's test, since the program that runs has the old one in it.
func TestComments(t *testing.T) {
	var files []string
	for _, folder := range []string{functions, api} { // of two types with one name, the contract's has the comment
		found, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(found) == 0 {
			t.Fatalf("no source in %s: %v", folder, err)
		}
		files = append(files, found...)
	}
	comments := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		collect(file, comments)
	}
	for typ, of := range map[string]string{"Surroundings": "Base", "ResourcesSpec": "Ollama"} { // fields that mean the same
		for name, text := range comments {
			if field, ok := strings.CutPrefix(name, typ+"."); ok && text == "" {
				comments[name] = comments[of+"."+field]
			}
		}
	}
	want, err := json.MarshalIndent(comments, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "comments.json", append(want, '\n'))
}

// collect takes the comments of a file's types, and of the fields of its structs.
func collect(file *ast.File, comments map[string]string) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			s := s.(*ast.TypeSpec)
			doc := g.Doc
			if s.Doc != nil {
				doc = s.Doc
			}
			typ := strings.ToUpper(s.Name.Name[:1]) + s.Name.Name[1:]
			body, isStruct := s.Type.(*ast.StructType)
			if _, scalar := s.Type.(*ast.Ident); scalar || isStruct && tagged(body) {
				text := line(doc)
				comments[typ] = strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
			}
			if !isStruct {
				continue
			}
			for _, f := range body.Fields.List {
				if f.Tag == nil {
					continue
				}
				name, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
				if name != "" && name != "-" {
					comments[typ+"."+name] = line(f.Doc)
				}
			}
		}
	}
}

func tagged(body *ast.StructType) bool {
	return slices.ContainsFunc(body.Fields.List, func(f *ast.Field) bool { return f.Tag != nil || f.Names == nil })
}

// TestExamples holds examples.json against the stacks that it is taken from: the
// first one that has a field.
func TestExamples(t *testing.T) {
	found := map[string]any{}
	for _, path := range []string{"../../hearth.yaml", api + "/testdata/everything.yaml"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := yaml.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		exemplify(found, reflect.TypeFor[v1alpha1.Stack](), tree)
	}
	want, err := json.MarshalIndent(found, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "examples.json", append(want, '\n'))
}

// exemplify takes the values of a type's fields that an example has room for; a
// host says itself how one looks, and no reader should take this one.
func exemplify(found map[string]any, t reflect.Type, value any) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p, ok := reflect.Zero(t).Interface().(interface{ Patched() any }); ok {
		t = reflect.TypeOf(p.Patched()).Elem()
	}
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			exemplify(found, t.Elem(), element)
		}
	case map[string]any:
		if t.Kind() == reflect.Map && t.Elem().Kind() != reflect.Interface {
			for _, key := range slices.Sorted(maps.Keys(value)) {
				exemplify(found, t.Elem(), value[key])
			}
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			v, written := value[name]
			if !written || !f.IsExported() {
				continue
			}
			key := t.Name() + "." + name
			_, met := found[key]
			if text, err := json.Marshal(v); err == nil && !met && len(text) <= 120 && f.Type != reflect.TypeFor[v1alpha1.Host]() {
				found[key] = v
			}
			exemplify(found, f.Type, v)
		}
	}
}

// line is a comment with one line a paragraph: an editor breaks it itself.
func line(doc *ast.CommentGroup) string {
	paragraphs := strings.Split(strings.TrimSpace(doc.Text()), "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

func TestCommitted(t *testing.T) {
	for path, of := range committed {
		want, err := of()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, path, want)
	}
}

func golden(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(have)); diff != "" {
		t.Errorf("%s, to rewrite it, twice: go test ./internal/schema -update (-want +got):\n%s", path, diff)
	}
}

// TestEveryFieldIsDescribed: an editor shows the description where the pointer is.
func TestEveryFieldIsDescribed(t *testing.T) {
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]struct{ Description string }
	}
	var root struct {
		object
		Definitions map[string]object
	}
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	root.Definitions["Stack"] = root.object
	for _, name := range slices.Sorted(maps.Keys(root.Definitions)) {
		for _, field := range slices.Sorted(maps.Keys(root.Definitions[name].Properties)) {
			if root.Definitions[name].Properties[field].Description == "" {
				t.Errorf("%s.%s has no comment", name, field)
			}
		}
	}
}

// TestDefaults: a default that follows from nothing else is told; one that does
// is left to the comment.
func TestDefaults(t *testing.T) {
	text, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var root struct {
		Definitions map[string]struct {
			Properties map[string]struct{ Default any }
		}
	}
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"Ollama.contextLength": 4096.0, "Ollama.keepAlive": "5m", "OllamaOverride.pull": "missing", "OpenWebUI.name": "Open WebUI",
		"SecretKeyRef.name": nil, "Issuer.kind": "ClusterIssuer", "Expose.type": "internal",
		"ResourceList.memory": nil, "Image.tag": nil, "Ollama.maxLoadedModels": nil, "TLS.secretName": nil,
		"NGINX.maxBodySize": nil, "PrivateKey.size": nil, "OpenWebUI.persistentConfig": nil,
	} {
		typ, name, _ := strings.Cut(field, ".")
		if got := root.Definitions[typ].Properties[name].Default; got != want {
			t.Errorf("%s: default %v, want %v", field, got, want)
		}
	}
}

func compiled(t *testing.T, of func() ([]byte, error)) *jsonschema.Schema {
	t.Helper()
	text, err := of()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("hearth.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("hearth.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judge is what the schema says of a stack in YAML.
func judge(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(document)
}

func TestRandomStacksAreValid(t *testing.T) {
	s := compiled(t, schema.JSON)
	for seed := range uint64(300) {
		text := randomstack.Draw(seed)
		if err := judge(t, s, text); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
	}
}

// stacks are the Stacks of the repository that people read and edit.
func stacks(t *testing.T) []string {
	t.Helper()
	found := []string{"../../hearth.yaml"}
	err := filepath.WalkDir("../../examples", func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if slices.Contains(strings.Split(string(text), "\n"), "kind: Stack") {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) < 3 {
		t.Fatalf("%v: %v", found, err)
	}
	return found
}

// TestStacksNameTheirSchema: by a path in the repository, so that a clone needs
// no network and has the schema of its own commit.
func TestStacksNameTheirSchema(t *testing.T) {
	for _, path := range stacks(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		name, ok := strings.CutPrefix(first, modeline)
		of := committed[filepath.Join(filepath.Dir(path), name)]
		if !ok || of == nil {
			t.Errorf("%s: the first line names no schema of the repository: %s", path, first)
			continue
		}
		if err := judge(t, compiled(t, of), text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// pageStacks are the Stacks that the pages show, whole.
func pageStacks(t *testing.T) map[string][]string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			if slices.Contains(strings.Split(block, "\n"), "kind: Stack") {
				found[page] = append(found[page], block)
			}
		}
	}
	if len(found) < 2 {
		t.Fatalf("stacks in %d pages: too few", len(found))
	}
	return found
}

// TestPagesNameTheSchema: by its address, since stacks are copied from a page.
func TestPagesNameTheSchema(t *testing.T) {
	s := compiled(t, schema.JSON)
	for page, texts := range pageStacks(t) {
		for _, text := range texts {
			if !strings.HasPrefix(text, modeline+ourPage+"\n") {
				t.Errorf("%s: the first line does not name %s:\n%s", page, ourPage, text)
			}
			if err := judge(t, s, []byte(text)); err != nil {
				t.Errorf("%s: %v in\n%s", page, err, text)
			}
		}
	}
}

// TestForms: what only a function's config may have is refused in hearth.yaml.
func TestForms(t *testing.T) {
	const stack = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\n"
	const bases = "bases: [{name: a, namespace: a}]"
	for _, text := range []string{
		stack + "metadata: {name: x}\nspec: {overlay: home, " + bases + "}",
		stack + "metadata: {name: x, annotations: {a: b}}\nspec: {" + bases + "}",
	} {
		if err := judge(t, compiled(t, schema.Function), []byte(text)); err != nil {
			t.Errorf("a function's config: %v\n%s", err, text)
		}
		if judge(t, compiled(t, schema.JSON), []byte(text)) == nil {
			t.Errorf("valid as hearth.yaml, which hearth refuses:\n%s", text)
		}
	}
	if judge(t, compiled(t, schema.Function), []byte(stack+"metadata: {name: x}\nspec: {overlays: home, "+bases+"}")) == nil {
		t.Error("a function's config with a wrong type is valid")
	}
}

// structural are what hearth says of a value of another form than its field's.
var structural = []string{`: unknown field "`, ": unsupported value ", "want a mapping", "want a list", "want true or false", "want a whole number"}

// unseen are forms that YAML's readers make equal before a schema sees them, and
// what stands in fields of any form.
var unseen = []string{"plain decimal digits", "got null", "which some tools read", "as the name of a field", ".annotations[", ".resources["}

// TestRefusedFixtures: the schema accepts every fixture that hearth accepts, and
// refuses those with a structural mistake.
func TestRefusedFixtures(t *testing.T) {
	s := compiled(t, schema.JSON)
	accepted, refused := 0, 0
	fixtures(t, func(name, text, wrong string) {
		err := judge(t, s, []byte(text))
		switch {
		case !isWrong(wrong):
			accepted++
			if err != nil {
				t.Errorf("%s: valid, and the schema says %v", name, err)
			}
		case isStructural(wrong):
			refused++
			if err == nil {
				t.Errorf("%s: the schema does not refuse\n%s", name, wrong)
			}
		}
	})
	if accepted < 10 || refused < 10 {
		t.Errorf("%d accepted and %d refused fixtures: too few", accepted, refused)
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// fixtures are the YAML among the stacks that the fields' tests have, each with
// what hearth says of it.
func fixtures(t *testing.T, each func(name, text, problems string)) {
	t.Helper()
	paths, err := filepath.Glob(api + "/testdata/refused/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head := ""
		for i, file := range archive.Files {
			if file.Name == "head" {
				head = string(file.Data)
			}
			text := head + string(file.Data)
			if strings.HasSuffix(file.Name, ".yaml") && isYAML(text) {
				each(filepath.Base(path)+" "+file.Name, text, string(archive.Files[i+1].Data))
			}
		}
	}
}

func isYAML(text string) bool {
	_, err := yaml.YAMLToJSON([]byte(text))
	return err == nil
}

func isWrong(problems string) bool {
	return slices.ContainsFunc(strings.Split(strings.TrimSpace(problems), "\n"), func(line string) bool {
		return line != "" && !strings.Contains(line, "warning: ")
	})
}

func isStructural(problems string) bool {
	return slices.ContainsFunc(strings.Split(problems, "\n"), func(line string) bool {
		in := func(s string) bool { return strings.Contains(line, s) }
		return slices.ContainsFunc(structural, in) && !slices.ContainsFunc(unseen, in)
	})
}
