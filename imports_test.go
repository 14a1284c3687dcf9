// Package hearth holds no code: only the test of who may import whom.
package hearth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hearth-dev/hearth/"

// layers is which packages of ours a folder may import, besides those below
// itself. Imports go one way: cmd to fns and internal, those to generator.
var layers = map[string][]string{
	"generator":   {},
	"third_party": {},
	"internal":    {"generator", "third_party"},
	"fns":         {"generator", "internal"},
	"cmd":         {"fns", "internal", "generator"},
	"e2e":         {"internal", "generator"},
}

// generatorModules are what the generator imports itself. Whoever links the
// library gets these and what they bring: add one only for a reason.
var generatorModules = []string{
	"go.yaml.in/yaml/v3", "k8s.io/api", "k8s.io/apimachinery", "sigs.k8s.io/json",
	"sigs.k8s.io/gateway-api", // a route in its own types, as k8s.io/api has the others
	"sigs.k8s.io/kustomize/api", "sigs.k8s.io/kustomize/kyaml",
}

// generatorModuleLimit caps all modules linked into the generator; nearly all
// of them come with kustomize.
const generatorModuleLimit = 45

type goPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
	Module     *struct{ Path string }
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Standard,Module"}, args...)...)
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

// top is the first folder of one of our packages; "" for anybody else's.
func top(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module)
	if !ours {
		return ""
	}
	folder, _, _ := strings.Cut(rest, "/")
	return folder
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range goList(t, "./...") {
		from := top(p.ImportPath)
		if from == "" {
			continue
		}
		allowed, known := layers[from]
		if !known {
			t.Errorf("%s: the folder %s/ has no place among the layers", p.ImportPath, from)
			continue
		}
		for _, imported := range p.Imports {
			if to := top(imported); to != "" && to != from && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: %s/ may import %v only", p.ImportPath, imported, from, allowed)
			}
		}
	}
}

func TestGeneratorStaysSmallAndPure(t *testing.T) {
	// What touches the world; kustomize and Kubernetes' types link os and net
	// themselves, so that only our own imports can be held to it.
	impure := []string{"os", "os/exec", "net", "net/http", "time/tzdata", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "path/filepath", "syscall"}
	packages := goList(t, "-deps", "./generator/...")
	moduleOf := map[string]string{}
	modules := map[string]bool{}
	for _, p := range packages {
		if !p.Standard && p.Module != nil && top(p.ImportPath) == "" {
			moduleOf[p.ImportPath] = p.Module.Path
			modules[p.Module.Path] = true
		}
	}
	if len(modules) > generatorModuleLimit {
		t.Errorf("the generator links %d modules, at most %d are allowed", len(modules), generatorModuleLimit)
	}
	for _, p := range packages {
		if top(p.ImportPath) != "generator" || strings.Contains(p.ImportPath, "/randomstack") {
			continue // of ours, and no test support
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
