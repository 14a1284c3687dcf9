package dryrun

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/fn/runtime/exec"
	"sigs.k8s.io/kustomize/kyaml/fn/runtime/runtimeutil"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// local marks what a kpt package keeps from the cluster.
const local = "config.kubernetes.io/local-config"

// Examples renders each folder of examples/ with the hearth-fn on the PATH. scratch takes the copies of those that need a
// change: the container example runs without its container.
func Examples(folder, scratch string) ([]Render, error) {
	container := filepath.Join(scratch, "kustomize-container")
	if err := os.CopyFS(container, os.DirFS(filepath.Join(folder, "kustomize-container"))); err != nil {
		return nil, err
	}
	const image = "container:\n        image: registry.example.org/hearth-fn:v0.1.0"
	config := filepath.Join(container, "stack.yaml")
	data, err := os.ReadFile(config)
	if err != nil {
		return nil, err
	}
	if bytes.Count(data, []byte(image)) != 1 {
		return nil, fmt.Errorf("%s does not name its container as it did", config)
	}
	data = bytes.Replace(data, []byte(image), []byte("exec:\n        path: hearth-fn"), 1)
	if err := os.WriteFile(config, data, 0o644); err != nil {
		return nil, err
	}
	renders, err := Kustomized(filepath.Join(folder, "kustomize-exec", "overlays", "home"), container)
	if err != nil {
		return nil, err
	}
	kpt, err := kptPackage(filepath.Join(folder, "kpt"))
	return append(renders, kpt), err
}

// kptFile is as much of a Kptfile as the example needs.
type kptFile struct {
	Pipeline struct {
		Mutators []struct {
			Exec       string            `yaml:"exec"`
			ConfigMap  map[string]string `yaml:"configMap"`
			ConfigPath string            `yaml:"configPath"`
		} `yaml:"mutators"`
	} `yaml:"pipeline"`
}

// kptPackage does with a package what kpt fn render does, for kpt itself is no Go module.
func kptPackage(folder string) (Render, error) {
	r := Render{Name: folder}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return r, err
	}
	data, err := os.ReadFile(filepath.Join(folder, "Kptfile"))
	if err != nil {
		return r, err
	}
	var file kptFile
	if err := yaml.Unmarshal(data, &file); err != nil {
		return r, fmt.Errorf("%s/Kptfile: %w", folder, err)
	}
	var filters []kio.Filter
	for _, m := range file.Pipeline.Mutators {
		config, err := configOf(folder, m.ConfigPath, m.ConfigMap)
		if err != nil {
			return r, err
		}
		filters = append(filters, &exec.Filter{
			Path: m.Exec, WorkingDir: folder, FunctionFilter: runtimeutil.FunctionFilter{FunctionConfig: config, GlobalScope: true},
		})
	}
	var out kio.PackageBuffer
	pipeline := kio.Pipeline{
		Inputs: []kio.Reader{kio.LocalPackageReader{PackagePath: folder}}, Filters: filters, Outputs: []kio.Writer{&out},
	}
	if err := pipeline.Execute(); err != nil {
		return r, fmt.Errorf("%s: %w", folder, err)
	}
	for _, node := range out.Nodes {
		if node.GetAnnotations()[local] == "true" {
			continue
		}
		o, err := object(node)
		if err != nil {
			return r, fmt.Errorf("%s: %w", folder, err)
		}
		r.Objects = append(r.Objects, o)
	}
	return r, nil
}

// configOf is a function's config: a file of the package, or a ConfigMap with the entries.
func configOf(folder, path string, entries map[string]string) (*yaml.RNode, error) {
	if path != "" {
		return yaml.ReadFile(filepath.Join(folder, path))
	}
	data, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "function-input"}, "data": entries,
	})
	if err != nil {
		return nil, err
	}
	return yaml.Parse(string(data))
}
