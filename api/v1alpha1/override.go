package v1alpha1

import (
	"encoding/json"
	"fmt"
)

// Override is a base in an overlay: its name, and a JSON merge patch (RFC 7386)
// on the base as written. Maps merge, lists replace, null returns to the
// default.
//
//	v1alpha1.Override{"name": "ai", "openWebUI": v1alpha1.Object{"signUp": "closed"}}
type Override map[string]any

// OverrideOf is the override that sets what the base sets.
func OverrideOf(b Base) (Override, error) {
	o := Override{}
	data, err := json.Marshal(b)
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	if err != nil {
		return nil, fmt.Errorf("base %s: %w", b.Name, err)
	}
	return o, nil
}

// Name of the base that is overridden.
func (o Override) Name() string {
	name, _ := o["name"].(string)
	return name
}

// Patched is an empty value of the type that an override is a patch of.
func (Override) Patched() any { return &Base{} }

// Fits reports whether the override can be laid over the base.
func (o Override) Fits(base *Base) bool {
	return base != nil && o.Name() != "" && o.keepsNamespace(base) && o.keepsOllama(base)
}

// ollama is what the override says of the base's Ollama.
func (o Override) ollama() map[string]any {
	switch p := o["ollama"].(type) {
	case map[string]any:
		return p
	case Object:
		return p
	}
	return nil
}

// keepsOllama reports whether the base's Ollama has the same name with the override.
func (o Override) keepsOllama(base *Base) bool {
	name, written := o.ollama()["name"]
	if !written || base.Ollama == nil {
		return true
	}
	return name == base.Ollama.ServiceName() || name == nil && base.Ollama.ServiceName() == serviceOllama
}

func (o Override) keepsNamespace(base *Base) bool {
	namespace, written := o["namespace"]
	return !written || namespace == nil || namespace == base.Namespace
}
