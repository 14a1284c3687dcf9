package randomstack

import "go.yaml.in/yaml/v3"

// repairPatches removes the patches of objects that are not there, or that an
// earlier patch is for already: it may have deleted them. The others get the
// namespace of their object.
func (d *drawing) repairPatches(o object, exists func(kind, name string) bool, namespace string) {
	if o["patches"] == nil {
		return
	}
	kept, seen := []any{}, map[string]bool{}
	for _, p := range list(o["patches"]) {
		p := p.(object)
		if p["target"] != nil {
			kept = append(kept, p)
			continue
		}
		var patch object
		if err := yaml.Unmarshal([]byte(p["patch"].(string)), &patch); err != nil {
			panic(err)
		}
		metadata := child(patch, "metadata")
		kind, name := patch["kind"].(string), metadata["name"].(string)
		if !exists(kind, name) || seen[kind+name] {
			continue
		}
		seen[kind+name] = true
		metadata["namespace"] = namespace
		kept = append(kept, object{"patch": d.patchText(patch)})
	}
	if delete(o, "patches"); len(kept) > 0 {
		o["patches"] = kept
	}
}

// has reports whether a base generates an object that the drawn patches are for.
func has(base object, kind, name string) bool {
	switch {
	case kind == "Deployment", kind != "StatefulSet" && name == "ollama":
		return base["ollama"] != nil
	default:
		return base["openWebUI"] != nil
	}
}
