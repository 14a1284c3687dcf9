// Update writes schemas.txtar anew from the Go modules that README.md names:
// `go run ./third_party/schemas/update` in the root of the repository.
//
// It takes Kubernetes' swagger.json and the CustomResourceDefinitions of six
// controllers, leaves out what no rule reads (descriptions, lists, the API's
// own requests), and makes every object strict: a field that the schema does
// not name is an error. It prints the rows of README.md's table.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

// sources are the modules and the files in them, in the order of the table.
var sources = []struct{ module, licence, pattern string }{
	{"k8s.io/kubernetes@v1.37.2", "Apache-2.0", "api/openapi-spec/swagger.json"},
	{"github.com/cert-manager/cert-manager@v1.21.2", "Apache-2.0", "deploy/crds/cert-manager.io_*.yaml"},
	{"github.com/traefik/traefik/v3@v3.6.12", "MIT", "docs/content/reference/dynamic-configuration/traefik.io_*.yaml"},
	{"github.com/prometheus-operator/prometheus-operator@v0.85.0", "Apache-2.0", "example/prometheus-operator-crd/monitoring.coreos.com_probes.yaml"},
	{"github.com/prometheus-operator/prometheus-operator@v0.85.0", "Apache-2.0", "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"},
	{"github.com/prometheus-operator/prometheus-operator@v0.85.0", "Apache-2.0", "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"},
	{"github.com/cloudnative-pg/cloudnative-pg@v1.30.0", "Apache-2.0", "config/crd/bases/postgresql.cnpg.io_clusters.yaml"},
	{"github.com/cloudnative-pg/cloudnative-pg@v1.30.0", "Apache-2.0", "config/crd/bases/postgresql.cnpg.io_databases.yaml"},
	{"sigs.k8s.io/lws@v0.9.0", "Apache-2.0", "config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml"},
	{"sigs.k8s.io/gateway-api@v1.6.3", "Apache-2.0", "config/crd/standard/gateway.networking.k8s.io_*s.yaml"},
}

func main() {
	if err := update(filepath.Join("third_party", "schemas")); err != nil {
		fmt.Fprintln(os.Stderr, "update:", err)
		os.Exit(1)
	}
}

func update(folder string) error {
	b := bundle{Definitions: map[string]any{}, Kinds: map[string]any{}}
	for _, s := range sources {
		dir, err := download(s.module)
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(s.pattern)))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%s has no %s: %w", s.module, s.pattern, err)
		}
		slices.Sort(files)
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			added, err := b.add(file, data)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				return err
			}
			if added > 0 {
				fmt.Printf("| `%s` | %s | `%s` | %d | `%x` |\n", s.module, s.licence, filepath.ToSlash(rel), added, sha256.Sum256(data))
			}
		}
	}
	return b.write(filepath.Join(folder, "schemas.txtar"))
}

// download is the folder of a module in the module cache.
func download(module string) (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	var m struct{ Dir string }
	return m.Dir, json.Unmarshal(out, &m)
}

// write writes every schema as a document of its own, so that a program reads
// those it needs and a diff shows which ones an update changes.
func (b *bundle) write(file string) error {
	var archive txtar.Archive
	for section, documents := range map[string]map[string]any{"definitions": b.Definitions, "kinds": b.Kinds} {
		for name, document := range documents {
			data, err := json.Marshal(document)
			if err != nil {
				return err
			}
			data = bytes.ReplaceAll(data, []byte(`"#/definitions/`), []byte(`"/definitions/`))
			archive.Files = append(archive.Files, txtar.File{Name: section + "/" + name, Data: append(data, '\n')})
		}
	}
	slices.SortFunc(archive.Files, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
	out := txtar.Format(&archive)
	fmt.Printf("\n%d kinds, %d definitions; %d bytes, SHA-256 `%x`\n", len(b.Kinds), len(b.Definitions), len(out), sha256.Sum256(out))
	return os.WriteFile(file, out, 0o644)
}

// add takes a file's kinds and says how many there were.
func (b *bundle) add(name string, data []byte) (int, error) {
	before := len(b.Kinds)
	if strings.HasSuffix(name, "swagger.json") {
		err := b.swagger(data)
		return len(b.Kinds) - before, err
	}
	err := b.crd(data)
	return len(b.Kinds) - before, err
}

// swagger takes Kubernetes' own kinds.
func (b *bundle) swagger(data []byte) error {
	var doc struct {
		Definitions map[string]object `json:"definitions"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return err
	}
	for name, d := range doc.Definitions {
		b.definition(name, d)
	}
	b.drop()
	return nil
}

// crd takes the served versions of a CustomResourceDefinition.
func (b *bundle) crd(data []byte) error {
	var doc struct {
		Kind string `json:"kind"`
		Spec struct {
			Group    string                `json:"group"`
			Names    struct{ Kind string } `json:"names"`
			Versions []struct {
				Name   string
				Served bool
				Schema struct {
					OpenAPI object `json:"openAPIV3Schema"`
				}
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return err
	}
	if doc.Kind != "CustomResourceDefinition" {
		return nil
	}
	for _, v := range doc.Spec.Versions {
		if v.Served {
			b.Kinds[doc.Spec.Group+"/"+v.Name+"/"+doc.Spec.Names.Kind] = crdKind(v.Schema.OpenAPI)
		}
	}
	return nil
}
