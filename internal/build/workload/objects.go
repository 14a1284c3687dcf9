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
	return slices.Concat(typed, b.ollama(), b.engine(), b.openWebUI(), b.apiKeys(), b.speedCheck())
}

// Exposed is the component that people use by the base's route: the chat where
// there is one, since it asks people to sign in, else Ollama, else the engine, which
// no route leads to.
func Exposed(stack string, base *v1alpha1.Base) object.Component {
	b := builder{stack: stack, base: base}
	if base.OpenWebUI != nil {
		return b.openWebUIComponent().Component
	}
	if base.Ollama == nil {
		return b.engineComponent().Component
	}
	return b.ollamaComponent().Component
}

// Target is the component whose Service the base's route leads to, and the port of
// it: what is exposed, or what asks for keys in front of it.
func Target(stack string, base *v1alpha1.Base) (c object.Component, port int32) {
	b := builder{stack: stack, base: base}
	to := b.keysOrOllama
	if base.OpenWebUI != nil {
		to = b.openWebUIComponent
	}
	return to().Component, to().servicePort
}

// Program is one of a base's workloads, as others reach it.
type Program struct {
	object.Component
	// Is which of them it is.
	Is v1alpha1.Program
	// Port of its Service.
	Port int32
	// Storage that its data is on.
	Storage v1alpha1.Storage
	// Claims that its pods mount: none, one, or one for each.
	Claims []string
}

// Programs are the workloads that the base has.
func Programs(stack string, base *v1alpha1.Base) []Program {
	b := builder{stack: stack, base: base}
	var programs []Program
	if o := base.Ollama; o != nil {
		c := b.ollamaComponent()
		programs = append(programs, Program{c.Component, v1alpha1.ProgramOllama, c.servicePort, o.Storage, o.Claims()})
	}
	if w := base.OpenWebUI; w != nil {
		c := b.openWebUIComponent()
		programs = append(programs, Program{c.Component, v1alpha1.ProgramOpenWebUI, c.servicePort, w.Storage, []string{w.Storage.Claim(c.Name)}})
	}
	return programs
}
