package vet

import (
	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// noCPULimit is what kube-score says of limits.cpu: none.
const noCPULimit = "CPU limit is not set"

// chosen turns an error into a warning where a field of the stack that is named
// for it says so: it stays in sight, and is nobody's mistake. An open route
// is a fact of the check itself; see [Facts].
func chosen(found []Finding, o *v1alpha1.ResolvedOverlay) {
	unlimited := map[string]bool{} // by namespace and name of the workload
	for _, b := range o.Bases {
		if b.Ollama != nil && b.Ollama.Resources.Limits.CPU == v1alpha1.None {
			unlimited[b.Namespace+"/ollama"] = true
		}
		if b.OpenWebUI != nil && b.OpenWebUI.Resources.Limits.CPU == v1alpha1.None {
			unlimited[b.Namespace+"/open-webui"] = true
		}
	}
	for i := range found {
		f := &found[i]
		if f.Rule == "kube-score/container-resources" && f.Message == noCPULimit && unlimited[f.Object.Namespace+"/"+f.Object.Name] {
			f.Severity, f.Fix = problem.Warning, "the stack says limits.cpu: none; write a number where others need the node"
		}
	}
}
