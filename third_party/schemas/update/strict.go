package main

import "strings"

type object = map[string]any

// bundle is what schemas.txtar holds.
type bundle struct {
	// Definitions are the types that kinds refer to, by Kubernetes' name.
	Definitions map[string]any
	// Kinds are the schemas of whole objects, by apiVersion/kind.
	Kinds map[string]any
}

const (
	objectMeta  = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
	quantity    = "io.k8s.apimachinery.pkg.api.resource.Quantity"
	intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
)

// definition adds a type of Kubernetes, and its kind if it is one.
func (b *bundle) definition(name string, d object) {
	switch name {
	case quantity: // a number in YAML is one, too
		b.Definitions[name] = object{"type": []any{"string", "number"}}
		return
	case intOrString:
		b.Definitions[name] = object{"type": []any{"string", "integer"}}
		return
	}
	kinds, _ := d["x-kubernetes-group-version-kind"].([]any)
	b.Definitions[name] = strict(d)
	if len(kinds) != 1 { // none, or what every group has, such as DeleteOptions
		return
	}
	k := kinds[0].(object)
	kind, version := k["kind"].(string), k["version"].(string)
	if properties, _ := d["properties"].(object); properties["metadata"] == nil || strings.HasSuffix(kind, "List") {
		return // nothing that anybody applies
	}
	if group := k["group"].(string); group != "" {
		version = group + "/" + version
	}
	b.Kinds[version+"/"+kind] = object{"$ref": "#/definitions/" + name}
}

// drop leaves out the definitions that no kind reaches.
func (b *bundle) drop() {
	reached := map[string]bool{objectMeta: true}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case object:
			if ref, ok := v["$ref"].(string); ok {
				name := strings.TrimPrefix(ref, "#/definitions/")
				if !reached[name] {
					reached[name] = true
					visit(b.Definitions[name])
				}
			}
			for _, child := range v {
				visit(child)
			}
		case []any:
			for _, child := range v {
				visit(child)
			}
		}
	}
	visit(b.Kinds)
	visit(b.Definitions[objectMeta])
	for name := range b.Definitions {
		if !reached[name] {
			delete(b.Definitions, name)
		}
	}
}

// crdKind is the schema of a custom resource: the API server adds apiVersion,
// kind and metadata to what its definition says.
func crdKind(schema object) object {
	out := strict(schema)
	properties, _ := out["properties"].(object)
	if properties == nil {
		return out
	}
	properties["apiVersion"], properties["kind"] = object{"type": "string"}, object{"type": "string"}
	properties["metadata"] = object{"$ref": "#/definitions/" + objectMeta}
	return out
}

// embedded is the definition of Kubernetes that a part of a custom resource repeats
// as a whole: a pod's template, or a claim's; "" for none.
func embedded(schema object) string {
	properties, _ := schema["properties"].(object)
	spec, _ := properties["spec"].(object)
	fields, _ := spec["properties"].(object)
	switch {
	case fields["containers"] != nil && fields["ephemeralContainers"] != nil:
		return "io.k8s.api.core.v1.PodTemplateSpec"
	case properties["status"] != nil && fields["volumeMode"] != nil && fields["accessModes"] != nil:
		return "io.k8s.api.core.v1.PersistentVolumeClaim"
	}
	return ""
}

// strict copies a schema without what says nothing about validity, and closes
// each object whose fields it names.
func strict(schema object) object {
	if kind := embedded(schema); kind != "" {
		return object{"$ref": "#/definitions/" + kind}
	}
	out := object{}
	for key, value := range schema {
		switch key {
		case "type", "enum", "required", "pattern", "$ref",
			"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
			"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties":
			out[key] = value
		case "properties":
			out[key] = each(value.(object), strict)
		case "items", "additionalProperties":
			if child, ok := value.(object); ok {
				value = strict(child)
			}
			out[key] = value
		case "allOf", "anyOf", "oneOf":
			var list []any
			for _, child := range value.([]any) {
				list = append(list, conditions(child.(object)))
			}
			out[key] = list
		case "not":
			out[key] = conditions(value.(object))
		}
	}
	if schema["x-kubernetes-int-or-string"] == true {
		delete(out, "anyOf") // says the same
		out["type"] = []any{"integer", "string"}
	}
	_, named := out["properties"]
	_, open := out["additionalProperties"]
	if named && !open && schema["x-kubernetes-preserve-unknown-fields"] != true {
		out["additionalProperties"] = false
	}
	if schema["nullable"] == true {
		if t, ok := out["type"].(string); ok {
			out["type"] = []any{t, "null"}
		}
	}
	return out
}

// conditions are a schema that only restricts another one: it is not closed,
// for it names those fields alone that it speaks of.
func conditions(schema object) object {
	out := object{}
	for key, value := range schema {
		switch key {
		case "description", "format":
		case "properties":
			out[key] = each(value.(object), conditions)
		default:
			out[key] = value
		}
	}
	return out
}

func each(properties object, do func(object) object) object {
	out := object{}
	for name, p := range properties {
		out[name] = do(p.(object))
	}
	return out
}
