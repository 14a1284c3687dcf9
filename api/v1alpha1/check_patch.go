package v1alpha1

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"
)

// patches checks what can be known of a patch before it is applied.
func (c *checker) patches(path string, patches []Patch) {
	for i, p := range patches {
		at := fmt.Sprintf("%s[%d]", path, i)
		if p.Target != nil {
			c.patchTarget(at+".target", *p.Target)
		}
		p.Patch = strings.TrimSpace(p.Patch) // as kustomize does: an indented first line moves away from the others
		tree, err := parsePatch(p.Patch)
		if err != nil {
			message := strings.Replace(strings.TrimPrefix(err.Error(), "yaml: "), "line ", "its line ", 1)
			c.errorf(at+".patch", "", "not valid YAML: %s", message)
			continue
		}
		switch t := tree.(type) {
		case nil:
			c.errorf(at+".patch", "", "missing: want a strategic merge patch, or a list of JSON 6902 operations")
		case []any:
			c.operations(at, p, t)
		case map[string]any:
			meta, _ := t["metadata"].(map[string]any)
			switch {
			case p.Target == nil && (t["apiVersion"] == nil || t["kind"] == nil || meta["name"] == nil):
				c.errorf(at+".patch", "write them, or a target",
					"a strategic merge patch without a target needs apiVersion, kind and metadata.name")
			case t["kind"] == nil || meta["name"] == nil:
				c.errorf(at+".patch", "write them: beside a target any value will do",
					"kustomize reads no strategic merge patch without kind and metadata.name")
			}
		default:
			c.errorf(at+".patch", "", "got %q, want a strategic merge patch, or a list of JSON 6902 operations", p.Patch)
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

func (c *checker) operations(at string, p Patch, operations []any) {
	if p.Target == nil {
		c.errorf(at+".target", "", "missing: JSON 6902 operations do not say which object they are for")
	}
	if strings.HasPrefix(p.Patch, "[") && !json.Valid([]byte(p.Patch)) {
		c.errorf(at+".patch", `write it as JSON, with quotes around every name and text, or as lines that begin with "- "`,
			"kustomize takes what begins with '[' for JSON, and this is not")
	}
	for j, operation := range operations {
		c.operation(at+".patch", j, operation)
	}
}

// operation checks the j-th of a list of JSON 6902 operations.
func (c *checker) operation(at string, j int, operation any) {
	o, _ := operation.(map[string]any)
	op, _ := o["op"].(string)
	path, hasPath := o["path"].(string)
	all := []string{"add", "remove", "replace", "move", "copy", "test"}
	switch {
	case !slices.Contains(all, op):
		c.errorf(at, suggest(op, all), "operation %d: got op %q, want one of %s", j+1, op, list(all))
	case !hasPath || path != "" && path[0] != '/':
		c.errorf(at, `write "/" for "." and "~1" for a "/" within a name`, "operation %d: got path %q, want such as /spec/replicas", j+1, path)
	}
}

func (c *checker) patchTarget(at string, t PatchTarget) {
	if t == (PatchTarget{}) {
		c.errorf(at, "name at least a kind", "an empty target is every object")
	}
	for field, expression := range map[string]string{
		"group": t.Group, "version": t.Version, "kind": t.Kind, "name": t.Name, "namespace": t.Namespace,
	} {
		if _, err := regexp.Compile(expression); err != nil {
			c.errorf(at+"."+field, "", "got %q, want a name or a regular expression", expression)
		}
	}
	for field, selector := range map[string]string{"labelSelector": t.LabelSelector, "annotationSelector": t.AnnotationSelector} {
		if _, err := labels.Parse(selector); err != nil {
			c.errorf(at+"."+field, "", "got %q, want such as app=ollama,tier!=test", selector)
		}
	}
}
