package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func pruneRules() []Rule {
	return []Rule{{
		ID: "pruned-data", Severity: problem.Warning, check: prunedData,
		Reason: "a claim that leaves Git, by a revert or a renamed file, is deleted from the cluster, and with the usual reclaim policy its volume with all data",
		Fix:    "annotate it: kustomize.toolkit.fluxcd.io/prune: disabled for Flux, argocd.argoproj.io/sync-options: Prune=false,Delete=false for Argo CD",
		Source: "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune, https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources",
	}}
}

// prunedData finds claims, and namespaces that hold one, which a syncer deletes
// when they leave its folder. What a StatefulSet makes of its templates belongs
// to no syncer.
func prunedData(in *input) []Finding {
	holds := map[string]bool{}
	for _, ref := range in.Refs {
		if ref.Is("", "PersistentVolumeClaim") {
			holds[objects.Namespace(ref.Namespace)] = true
		}
	}
	for i := range in.pods {
		if len(objects.ClaimTemplates(in.pods[i].Whole)) > 0 {
			holds[objects.Namespace(in.pods[i].Ref.Namespace)] = true
		}
	}
	var found []Finding
	for i, o := range in.All {
		ref := in.Refs[i]
		if !ref.Is("", "PersistentVolumeClaim") && (!ref.Is("", "Namespace") || !holds[ref.Name]) {
			continue
		}
		for _, s := range in.syncers(o) {
			if s.Prunes && !spared(o, s) {
				found = append(found, Finding{Object: ref, Path: "metadata.annotations", Message: fmt.Sprintf("%s deletes it when it leaves Git", s.Ref)})
			}
		}
	}
	return found
}

// spared reports whether the object tells the syncer not to delete it; Flux as
// kustomize-controller v1.9.6 reads it.
func spared(o Object, s Syncer) bool {
	annotations := objects.Annotations(o)
	if s.Ref.Is(argoGroup, "Application") {
		return slices.ContainsFunc(strings.Split(annotations["argocd.argoproj.io/sync-options"], ","), func(option string) bool {
			option = strings.TrimSpace(option)
			return option == "Prune=false" || option == "Prune=confirm" // that asks first
		})
	}
	labels := objects.Child(o, "metadata", "labels")
	for key, value := range map[string]string{"prune": "disabled", "reconcile": "disabled", "ssa": "Ignore"} {
		label, _ := labels[fluxGroup+"/"+key].(string)
		if strings.EqualFold(annotations[fluxGroup+"/"+key], value) || strings.EqualFold(label, value) {
			return true
		}
	}
	return false
}
