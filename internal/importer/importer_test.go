package importer

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
	kyaml "sigs.k8s.io/yaml"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/vet"
)

var update = flag.Bool("update", false, "rewrite what the sources in testdata become")

const (
	wantStack  = "hearth.yaml"
	wantReport = "report"
)

// fixture is a file of testdata: a comment, whose words may be options, and files.
type fixture struct {
	name    string
	archive *txtar.Archive
	files   []File
	options Options
}

func fixtures(t testing.TB) []fixture {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no fixtures", err)
	}
	var all []fixture
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := fixture{name: name, archive: archive}
		words := strings.Fields(string(archive.Comment))
		for i, word := range words {
			switch word {
			case "--chart":
				f.options.Chart = words[i+1]
			case "--namespace":
				f.options.Namespace = words[i+1]
			case "--substitute":
				name, value, _ := strings.Cut(words[i+1], "=")
				f.options.Substitute = map[string]string{name: value}
			}
		}
		for _, file := range archive.Files {
			if file.Name != wantStack && file.Name != wantReport {
				f.files = append(f.files, File{file.Name, file.Data})
			}
		}
		all = append(all, f)
	}
	return all
}

// numbered is the line in front of a value of the report.
var numbered = regexp.MustCompile(`^[0-9]+: `)

// Each source becomes the stack and the report that stand beside it. The stack
// renders, and vet finds no error in it.
func TestSources(t *testing.T) {
	checker := vet.New()
	for _, f := range fixtures(t) {
		t.Run(strings.TrimSuffix(filepath.Base(f.name), ".txtar"), func(t *testing.T) {
			got, err := Import(f.files, f.options)
			if err != nil {
				t.Fatal(err)
			}
			said := *got
			said.Problems = nil // warnings are other packages' to test
			report := said.Text() + said.Summary() + "\n"
			f.compare(t, map[string]string{wantStack: string(got.Stack), wantReport: report})
			works(t, checker, got)
			for line := range strings.Lines(report) {
				one := numbered.ReplaceAllString(strings.TrimSpace(line), "") // a path cannot be broken
				if width := len([]rune(strings.TrimSuffix(line, "\n"))); width > 80 && strings.Contains(one, " ") {
					t.Errorf("%d columns: %s", width, line)
				}
			}
		})
	}
}

// compare holds what was made against the archive, or rewrites it.
func (f fixture) compare(t *testing.T, got map[string]string) {
	t.Helper()
	if *update {
		archive := &txtar.Archive{Comment: f.archive.Comment}
		for _, file := range f.archive.Files {
			if got[file.Name] == "" && file.Name != wantStack && file.Name != wantReport {
				archive.Files = append(archive.Files, file)
			}
		}
		for _, name := range []string{wantStack, wantReport} {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
		if err := os.WriteFile(f.name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, file := range f.archive.Files {
		if text, ok := got[file.Name]; ok {
			if diff := cmp.Diff(string(file.Data), text); diff != "" {
				t.Errorf("%s (-want +got), rewrite with -update:\n%s", file.Name, diff)
			}
		}
	}
}

// works renders a stack and looks through what it renders to.
func works(t *testing.T, checker *vet.Checker, got *Result) {
	t.Helper()
	if got.Stack == nil {
		return
	}
	if errs := got.Problems.Errors(); len(errs) > 0 {
		t.Errorf("hearth refuses what was written:\n%s\n%s", errs, got.Stack)
		return
	}
	stack, problems := generator.Load("hearth.yaml", got.Stack)
	if stack == nil {
		t.Fatal(problems)
	}
	files, problems := generator.Generate(stack)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	results, err := checker.Stack(vet.StackInput{Stack: stack, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, found := range r.Findings {
			if found.Severity == problem.Error {
				t.Errorf("vet finds %s: %v\n%s", found.Rule, found, got.Stack)
			}
		}
	}
}

// Every value of a source has exactly one row: what another reader of YAML finds
// in the files is what the report is about.
func TestEveryValueHasOneRow(t *testing.T) {
	for _, f := range fixtures(t) {
		if slices.ContainsFunc(f.files, func(f File) bool { return isKustomization(f.Name) }) {
			continue // kustomize makes other values of them
		}
		got, err := Import(f.files, f.options)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]int{}
		for _, row := range got.Rows {
			rows[row.File+" "+row.Path]++
			for path := row.Path; path != ""; { // a text with YAML in it
				path = path[:max(0, strings.LastIndexAny(path, ".["))]
				rows["below "+row.File+" "+path]++
			}
		}
		for _, file := range f.files {
			for _, text := range strings.Split(string(file.Data), "\n---\n") {
				var value any
				if err := kyaml.Unmarshal([]byte(text), &value); err != nil {
					t.Fatal(err)
				}
				for _, path := range paths("", value) {
					if n, below := rows[file.Name+" "+path], rows["below "+file.Name+" "+path]; n == 0 && below == 0 {
						t.Errorf("%s: %s %s has no row", f.name, file.Name, path)
					}
				}
			}
		}
	}
}

// paths are those of the values that hold no others.
func paths(at string, value any) []string {
	var all []string
	switch v := value.(type) {
	case map[string]any:
		for key, each := range v {
			all = append(all, paths(join(at, key), each)...)
		}
	case []any:
		for i, each := range v {
			all = append(all, paths(fmt.Sprintf("%s[%d]", at, i), each)...)
		}
	}
	if all == nil {
		return []string{at}
	}
	return all
}

// A value that is said to be carried is in the stack: with another one the stack
// is another, or the report says something else of it.
func TestCarriedIsInTheStack(t *testing.T) {
	for _, f := range fixtures(t) {
		if slices.ContainsFunc(f.files, func(f File) bool { return isKustomization(f.Name) }) {
			continue
		}
		in, err := convert(f.files, f.options)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := in.doc.text("")
		for _, row := range in.rows() {
			if row.Kind != Carried {
				continue
			}
			changed, ok := altered(f.files, row)
			if !ok {
				t.Errorf("%s: %s %s is not found in its file", f.name, row.File, row.Path)
				continue
			}
			in, err := convert(changed, f.options)
			if err != nil {
				t.Fatal(err)
			}
			after, _ := in.doc.text("")
			rows := in.rows()
			i := slices.IndexFunc(rows, func(r Row) bool { return r.File == row.File && r.Path == row.Path })
			if string(after) == string(before) && i >= 0 && rows[i].Kind == Carried {
				t.Errorf("%s: %s:%d %s: %s is said to be carried to %s, and another value gives the same stack", f.name, row.File, row.Line, row.Path, row.Value, row.To)
			}
		}
	}
}

// altered is the files with another value at a row's place.
func altered(files []File, row Row) ([]File, bool) {
	out, found := slices.Clone(files), false
	for i, f := range files {
		if f.Name != row.File {
			continue
		}
		var data []byte
		for _, text := range strings.SplitAfter("\n"+string(f.Data), "\n---\n") {
			var y yaml.Node
			if yaml.Unmarshal([]byte(text), &y) != nil || len(y.Content) == 0 {
				return nil, false
			}
			y.Content[0] = unaliased(y.Content[0])
			if !found {
				found = alter("", y.Content[0], row)
			}
			if found {
				part, err := yaml.Marshal(y.Content[0])
				if err != nil {
					return nil, false
				}
				data = append(append(data, "\n---\n"...), part...)
				continue
			}
			data = append(data, text...)
		}
		out[i].Data = data
	}
	return out, found
}

// unaliased is a copy in which nothing is shared.
func unaliased(y *yaml.Node) *yaml.Node {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	c := *y
	c.Anchor, c.Content = "", nil
	for _, each := range y.Content {
		c.Content = append(c.Content, unaliased(each))
	}
	return &c
}

func alter(at string, y *yaml.Node, row Row) bool {
	switch y.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(y.Content); i += 2 {
			if alter(join(at, y.Content[i].Value), y.Content[i+1], row) {
				return true
			}
		}
	case yaml.SequenceNode:
		for i, c := range y.Content {
			if alter(fmt.Sprintf("%s[%d]", at, i), c, row) {
				return true
			}
		}
	case yaml.ScalarNode:
		if strings.Contains(y.Value, "\n") && strings.HasPrefix(row.Path, at+".") { // YAML in a text
			var inner yaml.Node
			if yaml.Unmarshal([]byte(y.Value), &inner) == nil && alter(at, inner.Content[0], row) {
				text, _ := yaml.Marshal(&inner)
				y.Value = string(text)
				return true
			}
		}
		if at == row.Path {
			switch {
			case y.Value == "true":
				y.Value = "false"
			case y.Value == "1":
				y.Value = "3"
			case strings.ContainsAny(y.Value, "0123456789") && strings.Trim(y.Value, "0123456789.GMKim") == "":
				y.Value = "3" + y.Value
			default:
				y.Value = strings.TrimSuffix(y.Value, ".example.org") + "x.example.org"
			}
			return true
		}
	}
	return false
}

// However a source is broken, each of its values has a row, and hearth accepts
// what is written.
func TestBrokenSources(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all := fixtures(t)
	for i := range 60 {
		f := all[i%len(all)]
		files := slices.Clone(f.files)
		for j := range files {
			files[j].Data = broken(random, files[j].Data)
		}
		got, err := Import(files, f.options)
		if err != nil {
			continue // such as values of no chart any more
		}
		if errs := got.Problems.Errors(); len(errs) > 0 {
			t.Errorf("%s, broken %d: hearth refuses what was written: %s", f.name, i, errs)
		}
	}
}

// broken is YAML with a few values replaced, moved or removed.
func broken(random *rand.Rand, data []byte) []byte {
	var out []byte
	for _, text := range strings.Split(string(data), "\n---\n") {
		var y yaml.Node
		if yaml.Unmarshal([]byte(text), &y) != nil || len(y.Content) == 0 {
			return data
		}
		var nodes []*yaml.Node
		var collect func(*yaml.Node)
		collect = func(n *yaml.Node) {
			nodes = append(nodes, n)
			for i, c := range n.Content {
				if n.Kind != yaml.MappingNode || i%2 == 1 {
					collect(c)
				}
			}
		}
		y.Content[0] = unaliased(y.Content[0])
		collect(y.Content[0])
		for range 1 + random.IntN(4) {
			n := nodes[random.IntN(len(nodes))]
			with := []string{"null", "{}", "[]", "-1", "true", `""`, "{a: {b: [1, null]}}", "[[x], {y: 2}]", "a b:c", "99999999999999999999", "${X}", "'{{ .Values.x }}'", "http://[::1", "ünï"}
			var other yaml.Node
			if yaml.Unmarshal([]byte(with[random.IntN(len(with))]), &other) == nil && n != y.Content[0] {
				*n = *other.Content[0]
			}
		}
		part, err := yaml.Marshal(y.Content[0])
		if err != nil {
			return data
		}
		out = append(append(out, part...), "\n---\n"...)
	}
	return out
}

// A secret in clear is neither in the stack nor in the report.
func TestSecretsStayOut(t *testing.T) {
	secrets := []string{"sk-4389759834759834aaaaBBBB77771111", "sk-or-v1-0987654321abcdefABCDEF998877", "pa55w0rd-x8Kq2", "tvly-dev-kK39dkfLWe93kfl3kdLSKEkd93kd", "8sKd93kf03mfkLsDw93jfkEld93", "t0p-s3cr3t-9dk3LsWq02", "9fk3LsWq02x"}
	seen := map[string]bool{}
	for _, f := range fixtures(t) {
		got, err := Import(f.files, f.options)
		if err != nil {
			t.Fatal(err)
		}
		said, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			for _, file := range f.files {
				seen[secret] = seen[secret] || strings.Contains(string(file.Data), secret)
			}
			if strings.Contains(string(got.Stack), secret) || strings.Contains(string(said), secret) || strings.Contains(got.Text(), secret) {
				t.Errorf("%s: %s is told", f.name, secret)
			}
		}
	}
	if len(seen) != len(secrets) {
		t.Error("a secret is in no fixture", seen)
	}
}

// The charts' first keys are known. Data: testdata/keys.txt, with its sources.
func TestChartKeys(t *testing.T) {
	data, err := os.ReadFile("testdata/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{chartOllama: ollamaChartKeys, chartOpenWebUI: openWebUIChartKeys}
	chart := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasSuffix(line, ":"):
			chart = strings.TrimSuffix(line, ":")
		default:
			for _, key := range strings.Fields(line) {
				if !slices.Contains(known[chart], key) {
					t.Errorf("%s has %s, and nobody knows it", chart, key)
				}
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	for _, source := range fixtures(f) {
		for _, file := range source.files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Import([]File{{"file.yaml", data}}, Options{Chart: chartOllama})
		if err != nil {
			return
		}
		if errs := got.Problems.Errors(); len(errs) > 0 {
			t.Errorf("hearth refuses what was written: %s\n%s", errs, got.Stack)
		}
	})
}

// The page shows a source of testdata and what it becomes.
func TestPage(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/page.txtar")
	if err != nil {
		t.Fatal(err)
	}
	source := archive.Files[0]
	got, err := Import([]File{{source.Name, source.Data}}, Options{Schema: "https://raw.githubusercontent.com/hearth-dev/hearth/main/schema/hearth.schema.json"})
	if err != nil {
		t.Fatal(err)
	}
	fenced := func(language, text string) string { return "```" + language + "\n" + text + "```\n" }
	pagetest.Tables(t, "../../docs/import.md", "go test ./internal/importer -run Page -update", *update, map[string]string{
		"before": fenced("yaml", string(source.Data)),
		"after":  fenced("yaml", string(got.Stack)),
		"report": fenced("text", got.Text()+got.Summary()+"\n"),
	})
}
