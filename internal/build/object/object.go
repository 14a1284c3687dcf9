package object

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Object is a whole Kubernetes object as a JSON tree, numbers as json.Number.
type Object = map[string]any

// FromTyped are typed objects as JSON without what Kubernetes' types add to
// them: nulls, the status, and empty structs that nobody wrote.
func FromTyped(typed []any) ([]Object, error) {
	data, err := json.Marshal(typed)
	if err != nil {
		return nil, fmt.Errorf("encoding objects: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a float64 would round large numbers
	var objects []Object
	if err := d.Decode(&objects); err != nil {
		return nil, fmt.Errorf("encoding objects: %w", err)
	}
	for _, o := range objects {
		delete(o, "status")
		prune(o)
	}
	return objects, nil
}

// meaningful are the fields whose empty value says something: podSelector: {}
// is every pod, labelSelector: {} of an affinity as well, emptyDir: {} is a
// volume.
var meaningful = map[string]bool{"podSelector": true, "namespaceSelector": true, "labelSelector": true, "emptyDir": true}

// prune removes nulls and empty values, but the meaningful ones.
func prune(m map[string]any) {
	for key, value := range m {
		switch v := value.(type) {
		case nil:
			delete(m, key)
		case map[string]any:
			if prune(v); len(v) == 0 && !meaningful[key] {
				delete(m, key)
			}
		case []any:
			for _, element := range v {
				if e, ok := element.(map[string]any); ok {
					prune(e)
				}
			}
			if len(v) == 0 {
				delete(m, key)
			}
		}
	}
}
