// Package build makes the objects of a resolved base: its workloads, and the
// route to them. Below it, each in a room of its own: the workloads, the routes
// by their controllers, the overlays' differences, and Fleet's bundle.
package build

import (
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/monitoring"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/route"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// Objects are the generated objects of a base, each with its namespace, in the
// order in which they are written: what they need first. The base's own
// resources and patches are not applied.
func Objects(stack string, base *v1alpha1.Base) ([]object.Object, error) {
	typed := workload.Objects(stack, base)
	if base.Expose.Exposed() {
		t := route.Target{Program: base.Program()}
		if w := base.OpenWebUI; w != nil {
			t.MaxBody, t.Replicas = w.MaxBody(), w.Replicas
		}
		t.Component, t.Port = workload.Target(stack, base)
		if base.Program() == v1alpha1.ProgramOllama && base.Keys() == nil {
			t.Replicas = base.Ollama.Replicas
		}
		typed = append(typed, route.Objects(t, base.Expose)...)
	}
	if base.Monitoring != nil {
		typed = append(typed, monitoring.Objects(monitoring.Target{Component: workload.Exposed(stack, base)}, base)...)
	}
	return object.FromTyped(typed)
}

// InOverlay is the i-th base of an overlay. Where an overlay spans several
// namespaces each has its object: whoever applies the overlay cannot name them
// all on the command line. Of the bases in one namespace the one that says so
// brings it, else the first.
func InOverlay(o *v1alpha1.ResolvedOverlay, i int) v1alpha1.Base {
	b := o.Bases[i]
	several, brought := false, b.CreateNamespace
	for j, other := range o.Bases {
		if other.Namespace != b.Namespace {
			several = true
		} else if j < i || other.CreateNamespace {
			brought = true
		}
	}
	b.CreateNamespace = b.CreateNamespace || several && !brought
	return b
}
