package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
)

// pair is an Ollama and an Open WebUI that people run together.
type pair struct {
	ollama ollama.Release
	chat   images.OpenWebUI
}

// documents is what the committed stack deploys, newest the newest that the tests run.
var (
	documents = pair{ollama.Deployed, images.OpenWebUIDeployed}
	newest    = pair{ollama.Newest, images.OpenWebUINewest}
)

func (p pair) String() string { return p.ollama.Version + "+" + p.chat.Version }

// written is a stack with the pair's versions in it, as people write them. The documents' are what no tag means. The newest keeps
// earlier prompts, for which the limits of the documents' have no room: half of the default is what hearth takes there.
func (p pair) written(t *testing.T, data []byte) []byte {
	t.Helper()
	if p == documents {
		return data
	}
	var stack map[string]any
	must(t, yaml.Unmarshal(data, &stack))
	for _, base := range stack["spec"].(map[string]any)["bases"].([]any) {
		for part, tag := range map[string]string{"ollama": p.ollama.Version, "openWebUI": p.chat.Version} {
			if fields, ok := base.(map[string]any)[part].(map[string]any); ok {
				fields["image"] = map[string]any{"tag": tag}
			}
		}
		base.(map[string]any)["ollama"].(map[string]any)["promptCache"] = "256Mi"
	}
	data, err := yaml.Marshal(stack)
	must(t, err)
	return data
}

// generates wants a stack of the tests to be rendered, without a cluster: what one is given later.
func (p pair) generates(t *testing.T, file string) *v1alpha1.Resolved {
	t.Helper()
	stack := p.load(t, file)
	_, problems := generator.Generate(stack)
	must(t, problems.Err())
	return stack
}

// load reads a stack of the tests, with the pair's versions.
func (p pair) load(t *testing.T, file string) *v1alpha1.Resolved {
	t.Helper()
	data, err := os.ReadFile(file)
	must(t, err)
	stack, problems := generator.Load(filepath.Base(file), p.written(t, data))
	must(t, problems.Err())
	return stack
}

// tree is a folder with what a stack describes.
func tree(t *testing.T, stack *v1alpha1.Resolved) string {
	t.Helper()
	files, problems := generator.Generate(stack)
	must(t, problems.Err())
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, f.Data, 0o644))
	}
	return dir
}

// TestVersions wants the images of the pair, and of no other, in what the tests of both pairs deploy.
func TestVersions(t *testing.T) {
	for _, p := range []pair{documents, newest} {
		for _, file := range []string{stackFile, "testdata/exposed.yaml", "testdata/chat.yaml", upgradeStack, databaseStack} {
			t.Run(fmt.Sprint(p, " ", filepath.Base(file)), func(t *testing.T) {
				for _, ref := range generator.Images(p.load(t, file)) {
					if ref != p.ollama.Ref() && ref != p.chat.Ref() {
						t.Errorf("the image %s is not of the pair", ref)
					}
				}
				threads := false
				must(t, filepath.WalkDir(tree(t, p.load(t, file)), func(path string, d os.DirEntry, err error) error {
					if err != nil || d.IsDir() {
						return err
					}
					data, err := os.ReadFile(path)
					threads = threads || strings.Contains(string(data), "LLAMA_ARG_THREADS")
					return err
				}))
				if threads != (p == newest) {
					t.Errorf("LLAMA_ARG_THREADS is rendered: %v", threads)
				}
			})
		}
	}
}
