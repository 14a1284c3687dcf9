package v1alpha1

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/spelling"
)

// Patch is an entry of kustomize's patches, inline.
type Patch struct {
	// Patch is a strategic merge patch or a list of JSON 6902 operations, as
	// YAML text.
	Patch string `json:"patch" yaml:"patch"`
	// Target selects the objects. Needed by JSON 6902; a strategic merge patch
	// names its object itself.
	Target *PatchTarget `json:"target,omitzero" yaml:"target,omitempty"`
}

// PatchTarget selects objects for a Patch; name and namespace are anchored
// regular expressions, as in kustomize.
type PatchTarget struct {
	// Group of the API, such as apps; Service and Secret have none. Default: any.
	Group string `json:"group,omitzero" yaml:"group,omitempty"`
	// Version of the API, such as v1. Default: any.
	Version string `json:"version,omitzero" yaml:"version,omitempty"`
	// Kind of the objects, such as Deployment. Default: any.
	Kind string `json:"kind,omitzero" yaml:"kind,omitempty"`
	// Name of the objects, a regular expression that has to match all of it.
	// Default: any.
	Name string `json:"name,omitzero" yaml:"name,omitempty"`
	// Namespace of the objects, a regular expression that has to match all of
	// it. Default: any.
	Namespace string `json:"namespace,omitzero" yaml:"namespace,omitempty"`
	// LabelSelector in the form of `kubectl get -l`, such as app=ollama. Default: any.
	LabelSelector string `json:"labelSelector,omitzero" yaml:"labelSelector,omitempty"`
	// AnnotationSelector in the same form, on annotations. Default: any.
	AnnotationSelector string `json:"annotationSelector,omitzero" yaml:"annotationSelector,omitempty"`
}

// patches checks what can be known of a patch before it is applied.
func (v validator) patches(at *field.Path, patches []Patch) {
	for i, p := range patches {
		at := at.Index(i)
		if p.Target != nil {
			v.patchTarget(at.Child("target"), *p.Target)
		}
		p.Patch = strings.TrimSpace(p.Patch) // as kustomize does: an indented first line moves away from the others
		tree, err := parsePatch(p.Patch)
		if err != nil {
			message := strings.Replace(strings.TrimPrefix(err.Error(), "yaml: "), "line ", "its line ", 1)
			v.errorf(at.Child("patch"), "", "not valid YAML: %s", message)
			continue
		}
		switch t := tree.(type) {
		case nil:
			v.errorf(at.Child("patch"), "", "missing: want a strategic merge patch, or a list of JSON 6902 operations")
		case []any:
			v.operations(at, p, t)
		case map[string]any:
			meta, _ := t["metadata"].(map[string]any)
			switch {
			case p.Target == nil && (t["apiVersion"] == nil || t["kind"] == nil || meta["name"] == nil):
				v.errorf(at.Child("patch"), "write them, or a target",
					"a strategic merge patch without a target needs apiVersion, kind and metadata.name")
			case t["kind"] == nil || meta["name"] == nil:
				v.errorf(at.Child("patch"), "write them: beside a target any value will do",
					"kustomize reads no strategic merge patch without kind and metadata.name")
			}
		default:
			v.errorf(at.Child("patch"), "", "got %q, want a strategic merge patch, or a list of JSON 6902 operations", p.Patch)
		}
	}
}

func parsePatch(text string) (tree any, err error) {
	// The library reports errors of its own by panics, and has let some escape.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	err = yaml.Unmarshal([]byte(text), &tree)
	return tree, err
}

func (v validator) operations(at *field.Path, p Patch, operations []any) {
	if p.Target == nil {
		v.errorf(at.Child("target"), "", "missing: JSON 6902 operations do not say which object they are for")
	}
	if strings.HasPrefix(p.Patch, "[") && !json.Valid([]byte(p.Patch)) {
		v.errorf(at.Child("patch"), `write it as JSON, with quotes around every name and text, or as lines that begin with "- "`,
			"kustomize takes what begins with '[' for JSON, and this is not")
	}
	for j, operation := range operations {
		v.operation(at.Child("patch"), j, operation)
	}
}

// operation checks the j-th of a list of JSON 6902 operations.
func (v validator) operation(at *field.Path, j int, operation any) {
	o, _ := operation.(map[string]any)
	op, _ := o["op"].(string)
	path, hasPath := o["path"].(string)
	all := []string{"add", "remove", "replace", "move", "copy", "test"}
	switch {
	case !slices.Contains(all, op):
		v.errorf(at, spelling.Suggest(op, all), "operation %d: got op %q, want one of %s", j+1, op, list(all))
	case !hasPath || path != "" && path[0] != '/':
		v.errorf(at, `write "/" for "." and "~1" for a "/" within a name`, "operation %d: got path %q, want such as /spec/replicas", j+1, path)
	}
}

func (v validator) patchTarget(at *field.Path, t PatchTarget) {
	if t == (PatchTarget{}) {
		v.errorf(at, "name at least a kind", "an empty target is every object")
	}
	for name, expression := range map[string]string{
		"group": t.Group, "version": t.Version, "kind": t.Kind, "name": t.Name, "namespace": t.Namespace,
	} {
		if _, err := regexp.Compile(expression); err != nil {
			v.errorf(at.Child(name), "", "got %q, want a name or a regular expression", expression)
		}
	}
	for name, selector := range map[string]string{"labelSelector": t.LabelSelector, "annotationSelector": t.AnnotationSelector} {
		if _, err := labels.Parse(selector); err != nil {
			v.errorf(at.Child(name), "", "got %q, want such as app=ollama,tier!=test", selector)
		}
	}
}
