package spec

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// patches checks what can be known of a patch before it is applied.
func (c *checker) patches(path string, patches []Patch) {
	for i, p := range patches {
		at := fmt.Sprintf("%s[%d]", path, i)
		if p.Target != nil && *p.Target == (PatchTarget{}) {
			c.errorf(at+".target", "name at least a kind", "an empty target is every object")
		}
		var tree any
		if err := yaml.Unmarshal([]byte(p.Patch), &tree); err != nil {
			c.errorf(at+".patch", "", "not valid YAML: %v", err)
			continue
		}
		switch t := tree.(type) {
		case nil:
			c.errorf(at+".patch", "", "missing: want a strategic merge patch, or a list of JSON 6902 operations")
		case []any:
			if p.Target == nil {
				c.errorf(at+".target", "", "missing: JSON 6902 operations do not say which object they are for")
			}
		case map[string]any:
			meta, _ := t["metadata"].(map[string]any)
			if p.Target == nil && (t["apiVersion"] == nil || t["kind"] == nil || meta["name"] == nil) {
				c.errorf(at+".patch", "write them, or a target",
					"a strategic merge patch without a target needs apiVersion, kind and metadata.name")
			}
		default:
			c.errorf(at+".patch", "", "want a strategic merge patch, or a list of JSON 6902 operations")
		}
	}
}
