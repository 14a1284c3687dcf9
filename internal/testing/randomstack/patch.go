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
		if t := child(p, "target"); t != nil {
			if d.repairTarget(t, exists, namespace) {
				kept = append(kept, p)
			}
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

// repairTarget reports whether a drawn target selects anything, in the namespace
// that it now names.
func (d *drawing) repairTarget(t object, exists func(kind, name string) bool, namespace string) bool {
	if t["namespace"] == "ai" {
		t["namespace"] = namespace
	}
	chat, server := exists("StatefulSet", "open-webui"), exists("Deployment", "ollama")
	switch kind, name := t["kind"], t["name"]; {
	case t["labelSelector"] == "app.kubernetes.io/name=open-webui", kind == "Service" && name == "open-.*ui":
		return chat
	case kind == "StatefulSet":
		return chat && name != "ollama"
	case kind == "Deployment|StatefulSet" && name == ".*", t["annotationSelector"] != nil:
		return chat || server
	}
	return server
}

// has reports whether a base generates an object that the drawn patches are for:
// an Ollama of another name is not meant.
func has(base object, kind, name string) bool {
	switch {
	case kind == "Deployment" && isStateful(child(base, "ollama")):
		return false
	case kind == "Deployment", kind != "StatefulSet" && name == "ollama":
		return base["ollama"] != nil && nameOf(base) == "ollama"
	case kind == "StatefulSet" && replicated(child(base, "openWebUI")):
		return false // it is a Deployment's
	default:
		return base["openWebUI"] != nil
	}
}
