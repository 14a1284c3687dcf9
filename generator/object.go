package generator

import (
	"bytes"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// Object is a whole Kubernetes object as a JSON tree, numbers as json.Number.
type Object = map[string]any

// Objects returns the generated objects of a base, each with its namespace, in
// the order in which they are written: what they need first. The base's own
// resources and patches are not applied.
func Objects(stack string, base *v1alpha1.Base) ([]Object, error) {
	b := builder{stack: stack, base: base}
	var typed []any
	if base.CreateNamespace {
		typed = append(typed, b.namespace())
	}
	typed = append(typed, b.ollama()...)
	typed = append(typed, b.openWebUI()...)
	typed = append(typed, b.expose()...)
	return toObjects(typed)
}

// toObjects are typed objects as JSON without what Kubernetes' types add to
// them: nulls, the status, and empty structs that nobody wrote.
func toObjects(typed []any) ([]Object, error) {
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

// namespace is the base's Namespace, never deleted with the bundle.
func (b builder) namespace() *corev1.Namespace {
	return &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        b.base.Namespace,
			Labels:      b.base.NamespaceLabels,
			Annotations: keepAnnotations(),
		},
	}
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

// text is the string at a path of maps; "" if there is none.
func text(o Object, path ...string) string {
	var v any = o
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[key]
	}
	s, _ := v.(string)
	return s
}

// manifest is the object as a generated file.
func manifest(o Object) ([]byte, error) {
	data, err := overlay.Manifest(o)
	if err != nil {
		return nil, fmt.Errorf("encoding %s %s: %w", text(o, "kind"), text(o, "metadata", "name"), err)
	}
	return data, nil
}
