package v1alpha1_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestEveryMessageHasAFixture reads the package's own source: what it can say
// about a stack, and do about it, is said somewhere in testdata/refused. So
// nobody adds a check without showing it.
func TestEveryMessageHasAFixture(t *testing.T) {
	seen := goldens(t)
	for _, m := range messages(t) {
		if !m.pattern.MatchString(seen) {
			t.Errorf("%s: no fixture in testdata/refused has the message %s", m.place, m.pattern)
		}
	}
}

// goldens are all problems of testdata/refused and of TestHostile, one a line.
func goldens(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, h := range hostile {
		all.WriteString(h.want + "\n")
	}
	for _, message := range ofValues {
		all.WriteString(message + "\n")
	}
	for _, name := range archives(t) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, ".txt") {
				all.Write(f.Data)
			}
		}
	}
	return all.String()
}

// message is a text that the package can produce.
type message struct {
	place   token.Position
	pattern *regexp.Regexp
}

// spokenArguments are the functions that say something, and which of their
// arguments say it: in this order within one line, literal for literal.
var spokenArguments = map[string][]int{
	"errorf":     {2, 1}, // format, fix
	"warnf":      {2, 1},
	"member":     {1},
	"Errorf":     {0},
	"errors.New": {0},
}

// spokenTables are the variables whose every text is said.
var spokenTables = []string{"llamaOwned", "ollamaOwned", "ollamaUnread", "openWebUIOwned", "reservedAnnotations"}

func messages(t *testing.T) []message {
	t.Helper()
	var found []message
	files := token.NewFileSet()
	for _, name := range checks(t) {
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		add := func(at ast.Node, literals []string) {
			var parts []string
			for _, l := range literals {
				parts = append(parts, pattern(l))
			}
			if len(parts) > 0 {
				found = append(found, message{files.Position(at.Pos()), regexp.MustCompile(strings.Join(parts, ".*"))})
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				var all []string
				for _, i := range spokenArguments[callee(n)] {
					if i < len(n.Args) {
						all = append(all, literals(n.Args[i])...)
					}
				}
				add(n, all)
			case *ast.ValueSpec:
				if slices.Contains(spokenTables, n.Names[0].Name) {
					for _, l := range literals(n.Values[0]) {
						add(n, []string{l})
					}
				}
			}
			return true
		})
	}
	if len(found) < 100 {
		t.Fatalf("found %d messages, want the 100 and more that there are: does the test still know how the package speaks?", len(found))
	}
	return found
}

// checks are the files of the package, each of which may judge a stack.
func checks(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("*.go: %d files, %v", len(names), err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// callee is the name of a called function: of errors.New in full, of a method
// alone.
func callee(call *ast.CallExpr) string {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && s.Sel.Name == "New" {
		return x.Name + ".New"
	}
	return s.Sel.Name
}

// literals are the texts in an expression, without what is handed to a function
// to be looked at, as in c.read("path").
func literals(e ast.Expr) []string {
	var found []string
	ast.Inspect(e, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if text, err := strconv.Unquote(l.Value); err == nil && text != "" {
				found = append(found, text)
			}
		}
		return true
	})
	return found
}

var verb = regexp.MustCompile(`%(\[[0-9]+\])?[a-z]`)

// pattern matches what a format makes.
func pattern(format string) string {
	var out strings.Builder
	for i, text := range verb.Split(format, -1) {
		if i > 0 {
			out.WriteString(".*")
		}
		out.WriteString(regexp.QuoteMeta(text))
	}
	return out.String()
}
