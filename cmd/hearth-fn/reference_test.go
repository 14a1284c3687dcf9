package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the reference of fields in help.txt")

const referenceTitle = "FIELDS\n"

// The reference at the end of the help is what the fields' comments say.
func TestReference(t *testing.T) {
	prose, have, _ := strings.Cut(help, referenceTitle)
	want := reference(t)
	if *update {
		if err := os.WriteFile("help.txt", []byte(prose+referenceTitle+want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("help.txt, to rewrite it: go test ./cmd/hearth-fn -run Reference -update (-want +got):\n%s", diff)
	}
}

// sections of the reference: a type and what its fields are fields of.
var sections = []struct{ typ, title string }{
	{"Ollama", "spec of kind Ollama"},
	{"OpenWebUI", "spec of kind OpenWebUI"},
	{"surroundings", "spec of kinds Ollama and OpenWebUI, as around them in a base"},
	{"Expose", "spec of kind Expose, and expose"},
	{"serviceRef", "service of kind Expose"},
	{"resourcesSpec", "spec of kind OllamaResources"},
	{"stackCheckSpec", "spec of kind StackCheck"},
	{"Spec", "spec of kind Stack"},
}

// reference lists the fields of every section, then those of the types they use.
func reference(t *testing.T) string {
	structs := specTypes(t)
	var out strings.Builder
	var queue []string
	done := map[string]bool{}
	write := func(typ, title string) {
		done[typ] = true
		fmt.Fprintf(&out, "\n%s\n", title)
		for _, f := range fields(t, structs, typ) {
			fmt.Fprintf(&out, "\n    %s (%s)\n", f.name, f.typ)
			for _, line := range f.doc {
				fmt.Fprintf(&out, "        %s\n", line)
			}
			if name := strings.TrimPrefix(strings.Trim(f.typ, "[]"), "map of "); structs[name] != nil && !slices.Contains(queue, name) {
				queue = append(queue, name)
			}
		}
	}
	for _, s := range sections {
		write(s.typ, s.title)
	}
	for i := 0; i < len(queue); i++ {
		if !done[queue[i]] {
			write(queue[i], queue[i])
		}
	}
	return out.String()
}

// specTypes are the structs of packages v1alpha1 and fns.
func specTypes(t *testing.T) map[string]*ast.StructType {
	t.Helper()
	var files []string
	for _, folder := range []string{"api/v1alpha1", "fns"} {
		found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no source in %s: %v", folder, err)
		}
		files = append(files, found...)
	}
	structs := map[string]*ast.StructType{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok {
				if body, ok := s.Type.(*ast.StructType); ok {
					structs[s.Name.Name] = body
				}
			}
			return true
		})
	}
	return structs
}

type fieldDoc struct {
	name, typ string
	doc       []string
}

// documented says of which type the same fields are that have the comments.
var documented = map[string]string{"surroundings": "Base", "resourcesSpec": "Ollama"}

// fields are a struct's, those of embedded ones among them.
func fields(t *testing.T, structs map[string]*ast.StructType, typ string) []fieldDoc {
	t.Helper()
	var out []fieldDoc
	for _, f := range structs[typ].Fields.List {
		if f.Tag == nil {
			if embedded := typeName(f.Type); structs[embedded] != nil {
				out = append(out, fields(t, structs, embedded)...)
			}
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
		d := fieldDoc{name: name, typ: typeName(f.Type)}
		if f.Doc != nil {
			d.doc = strings.Split(strings.TrimSpace(f.Doc.Text()), "\n")
		} else if documented[typ] != "" {
			for _, of := range fields(t, structs, documented[typ]) {
				if of.name == name {
					d.doc = of.doc
				}
			}
		}
		out = append(out, d)
	}
	return out
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ArrayType:
		return "[]" + typeName(e.Elt)
	case *ast.MapType:
		return "map of " + typeName(e.Value)
	}
	return fmt.Sprintf("%T", e)
}
