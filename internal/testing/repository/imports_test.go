package repository

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hearth-dev/hearth/"

// room is folders whose packages may import one another and the folders named,
// with all that lies below them. A deeper folder is a room of its own: who may
// import internal may not import internal/testing.
type room struct{ folders, imports []string }

var (
	contract = []string{"api", "sizing", "internal/spelling", "internal/printable", "internal/hostname", "internal/secretscan", "internal/signin", "internal/versions", "internal/lazyregexp"}
	// what the generator is made of, and others may use
	parts = []string{"internal/build", "internal/document", "internal/resolve", "internal/objects", "internal/reach", "internal/cleartext", "internal/traefikrule", "internal/sizetext"}
)

// rooms are from the lowest to the highest.
var rooms = []room{
	{[]string{"internal/spelling", "internal/printable", "internal/hostname", "internal/secretscan", "internal/versions", "internal/lazyregexp"}, nil},
	{[]string{"sizing"}, []string{"internal/spelling", "internal/versions"}},
	{[]string{"internal/signin"}, []string{"api"}},                                                                                                   // problems
	{[]string{"api"}, []string{"internal/spelling", "internal/secretscan", "internal/signin", "internal/versions", "internal/lazyregexp", "sizing"}}, // an Ollama's memory follows from its models
	{parts, contract},
	{[]string{"generator"}, slices.Concat(contract, parts)},
	{[]string{"third_party"}, nil}, // data of others
	{[]string{"internal"}, slices.Concat(contract, parts, []string{"generator", "third_party"})},
	{[]string{"fns"}, slices.Concat(contract, parts, []string{"generator", "internal/vet", "internal/yamllimit"})},
	{[]string{"cmd"}, slices.Concat(contract, parts, []string{"generator", "internal", "fns"})},
	{[]string{"internal/testing"}, slices.Concat(contract, parts, []string{"generator", "internal"})},
	{[]string{"e2e"}, slices.Concat(contract, parts, []string{"generator", "internal", "internal/testing"})},
}

// roomOf is the index of the room with the deepest folder that holds the
// package, -1 if there is none.
func roomOf(path string) int {
	found, depth := -1, 0
	for i, r := range rooms {
		for _, folder := range r.folders {
			if len(folder) > depth && within(path, folder) {
				found, depth = i, len(folder)
			}
		}
	}
	return found
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// allowed reports whether the package of one path may import that of the other.
func allowed(from, to string, test bool) bool {
	source, target := roomOf(from), roomOf(to)
	if source == target || test && within(to, "internal/testing") {
		return true
	}
	if test && within(from, "api") && (within(to, "generator") || within(to, "internal/document")) {
		return true // fields are tested through the front door, as YAML
	}
	return slices.ContainsFunc(rooms[source].imports, func(folder string) bool {
		return within(to, folder) && roomOf(folder) == target
	})
}

func TestImportsGoOneWay(t *testing.T) {
	atRoot(t)
	for _, p := range goList(t, "./...") {
		from, _ := strings.CutPrefix(p.ImportPath, module)
		if roomOf(from) < 0 {
			t.Errorf("%s lies in no room that this test knows", p.ImportPath)
			continue
		}
		check := func(imports []string, test bool) {
			for _, path := range imports {
				to, ours := strings.CutPrefix(path, module)
				if !ours || allowed(from, to, test) {
					continue
				}
				t.Errorf("%s imports %s (in a test: %t): it may import %v", from, to, test, rooms[roomOf(from)].imports)
			}
		}
		check(p.Imports, false)
		check(slices.Concat(p.TestImports, p.XTestImports), true)
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		from, to   string
		code, test bool
	}{
		{"api/v1alpha1", "api/problem", true, true},
		{"api/v1alpha1", "generator", false, true},
		{"api/v1alpha1", "fns", false, false},
		{"sizing", "api/v1alpha1", false, false},
		{"api/v1alpha1", "internal/testing/pagetest", false, true},
		{"internal/build/route/nginx", "internal/build/workload", true, true},
		{"internal/build/workload", "internal/vet", false, false},
		{"internal/document", "generator", false, false},
		{"generator", "internal/build/overlay", true, true},
		{"generator", "internal/disk", false, false},
		{"internal/vet", "generator", true, true},
		{"internal/vet", "fns", false, false},
		{"internal/vet", "internal/testing/randomstack", false, true},
		{"fns", "internal/vet", true, true},
		{"fns", "internal/verify", false, false},
		{"cmd/hearth", "internal/verify", true, true},
		{"cmd/hearth", "internal/testing/fakecluster", false, true},
		{"e2e/dryrun", "internal/testing/randomstack", true, true},
		{"e2e", "cmd/hearth", false, false},
	} {
		for _, test := range []bool{false, true} {
			want := c.code
			if test {
				want = c.test
			}
			if got := allowed(c.from, c.to, test); got != want {
				t.Errorf("%s imports %s, in a test %t: allowed is %t", c.from, c.to, test, got)
			}
		}
	}
}

// generatorModules are what the generator and the packages of ours below it
// import themselves. Whoever links the library gets these and what they bring:
// add one only for a reason.
var generatorModules = []string{
	"go.yaml.in/yaml/v3", "k8s.io/api", "k8s.io/apimachinery", "sigs.k8s.io/json",
	"sigs.k8s.io/gateway-api", // a route in its own types, as k8s.io/api has the others
	"sigs.k8s.io/kustomize/api", "sigs.k8s.io/kustomize/kyaml",
	"github.com/hbollon/go-edlib", // what a misspelt name was meant to be
	"go4.org/netipx",              // how many addresses rules admit together
	"golang.org/x/sync",           // bases and overlays side by side, and the first error of them
}

// generatorModuleLimit caps all modules linked into the generator; nearly all
// of them come with kustomize.
const generatorModuleLimit = 47

func TestGeneratorStaysSmallAndPure(t *testing.T) {
	atRoot(t)
	// What touches the world; kustomize and Kubernetes' types link os and net
	// themselves, so that only our own imports can be held to it.
	impure := []string{"os", "os/exec", "net", "net/http", "time/tzdata", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "path/filepath", "syscall"}
	packages := goList(t, "-deps", "./generator/...")
	moduleOf := map[string]string{}
	modules := map[string]bool{}
	for _, p := range packages {
		if !p.Standard && p.Module != nil && !strings.HasPrefix(p.ImportPath, module) {
			moduleOf[p.ImportPath] = p.Module.Path
			modules[p.Module.Path] = true
		}
	}
	if len(modules) > generatorModuleLimit {
		t.Errorf("the generator links %d modules, at most %d are allowed", len(modules), generatorModuleLimit)
	}
	for _, p := range packages {
		if !strings.HasPrefix(p.ImportPath, module) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(impure, imported) {
				t.Errorf("%s imports %s: the generator is pure", p.ImportPath, imported)
			}
			if m := moduleOf[imported]; m != "" && !slices.Contains(generatorModules, m) {
				t.Errorf("%s imports %s: of other modules the generator may import %v only", p.ImportPath, imported, generatorModules)
			}
		}
	}
}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Standard                           bool
	Module                             *struct{ Path string }
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	// go test repeats an old result while the folders and files that the test
	// itself opened are as they were, and go list is another program: so open
	// every folder here.
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,TestImports,XTestImports,Standard,Module"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
