package workload

import (
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// Objects are the typed objects of a resolved base's workloads, in the order in
// which they are written: what they need first.
func Objects(stack string, base *v1alpha1.Base) []any {
	b := builder{stack: stack, base: base}
	var typed []any
	if base.CreateNamespace {
		typed = append(typed, b.namespace())
	}
	return slices.Concat(typed, b.ollama(), b.openWebUI(), b.speedCheck())
}

// Exposed is the component that the base's route leads to, and the port of its
// Service: the chat where there is one, since it asks people to sign in, else
// Ollama.
func Exposed(stack string, base *v1alpha1.Base) (c object.Component, port int32) {
	b := builder{stack: stack, base: base}
	if base.OpenWebUI != nil {
		c := b.openWebUIComponent()
		return c.Component, c.servicePort
	}
	o := b.ollamaComponent()
	return o.Component, o.servicePort
}
