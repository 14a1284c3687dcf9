package vet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	kyaml "sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

func buildRules() []Rule {
	return []Rule{{
		ID: "build", Severity: problem.Error,
		Reason: "what does not build is not deployed",
		Fix:    "run kustomize build on the folder",
		Source: "kustomize, as a library: sigs.k8s.io/kustomize/api v0.21.2",
	}, {
		ID: "fleet-build", Severity: problem.Error,
		Reason: "Fleet's agent builds in memory from the bundle's files alone; what it applies would be something else than what was looked at",
		Fix:    "keep what the overlay needs in files of the bundle, below fleet.yaml and not in .fleetignore",
		Source: "Fleet v0.16 internal/cmd/agent/deployer/kustomize; package internal/fleetsim does the same",
	}}
}

// Build runs kustomize on a folder of a file system.
func Build(fsys filesys.FileSystem, folder string) ([]Object, error) {
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, folder)
	if err != nil {
		return nil, err
	}
	objects := []Object{}
	if n := resources.Size(); n > maxObjects {
		return nil, fmt.Errorf("%d objects, at most %d are looked at; take a folder with fewer", n, maxObjects)
	}
	for _, r := range resources.Resources() {
		data, err := r.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", r.CurId(), err)
		}
		var o Object
		if err := json.Unmarshal(data, &o); err != nil {
			return nil, fmt.Errorf("reading %s: %w", r.CurId(), err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

const (
	// maxDocument is how many values one document may have: each takes up to
	// 1.8 KB while the text becomes an object.
	maxDocument = 120_000
	// maxObjects is what the rules look at in one second.
	maxObjects = 10_000
)

// Decode reads rendered objects: YAML or JSON documents, Lists among them.
func Decode(data []byte) ([]Object, error) {
	if err := yamllimit.Check(data); err != nil {
		return nil, err
	}
	objects := []Object{}
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var node yaml.Node
		if err := d.Decode(&node); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		if err := yamllimit.Document(&node, maxDocument); err != nil {
			return nil, fmt.Errorf("document at line %d: %w; give it in several documents", node.Line, err)
		}
		text, err := yaml.Marshal(&node)
		if err != nil {
			return nil, err
		}
		found, err := Document(text)
		if err != nil {
			return nil, fmt.Errorf("document at line %d: %w", node.Line, err)
		}
		if objects = append(objects, found...); len(objects) > maxObjects {
			return nil, fmt.Errorf("more than %d objects; give them in several parts", maxObjects)
		}
	}
}

// Document reads one rendered object, or a list of them.
func Document(text []byte) ([]Object, error) {
	var o Object
	// As the API server reads it: YAML 1.1's yes is a boolean, and a key that
	// stands twice is an error.
	if err := kyaml.UnmarshalStrict(text, &o); err != nil {
		return nil, err
	}
	if text := v1alpha1.HugeExponent(o); text != "" {
		return nil, fmt.Errorf("got %s, a number that no field can mean: Kubernetes' libraries would compute it for hours", problem.Clip(text))
	}
	if o == nil { // empty, or nothing but comments
		return nil, nil
	}
	return unlisted(o)
}

// unlisted are the objects of a list, and of lists in it: of a List, or of one of a
// kind, such as IngressList. Its items need no kind, they have the list's without
// List, and its version. What is no list is one object.
func unlisted(o Object) ([]Object, error) {
	ref := RefOf(o)
	value, isList := o["items"]
	items, _ := value.([]any)
	kind, named := strings.CutSuffix(ref.Kind, "List")
	switch {
	case ref.Kind == "":
		return nil, errors.New("no kind: want rendered objects")
	case !named || !isList && kind != "":
		return []Object{o}, nil
	}
	var out []Object
	for i, item := range items {
		one, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("items[%d] is no object", i)
		}
		if kind != "" && RefOf(one).Kind == "" {
			one = maps.Clone(one)
			one["apiVersion"], one["kind"] = ref.APIVersion, kind
		}
		inner, err := unlisted(one)
		if err != nil {
			return nil, fmt.Errorf("items[%d]: %w", i, err)
		}
		if out = append(out, inner...); len(out) > maxObjects {
			return nil, fmt.Errorf("more than %d objects; give them in several parts", maxObjects)
		}
	}
	return out, nil
}
