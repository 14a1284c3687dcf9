package fns

import "reflect"

// Config is the type of a kind's config, for who describes its fields: of a kind
// other than Stack, or ConfigMap, that of v1 which kpt makes. nil if there is no
// such kind.
func Config(kind string) reflect.Type {
	return map[string]reflect.Type{
		"Ollama":          reflect.TypeFor[fields[ollamaSpec]](),
		"OpenWebUI":       reflect.TypeFor[fields[openWebUISpec]](),
		"Expose":          reflect.TypeFor[fields[exposeSpec]](),
		"OllamaResources": reflect.TypeFor[fields[resourcesSpec]](),
		"StackCheck":      reflect.TypeFor[fields[stackCheckSpec]](),
		"ConfigMap":       reflect.TypeFor[overlayChoice](),
	}[kind]
}
