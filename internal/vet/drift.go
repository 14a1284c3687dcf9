package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func driftRules() []Rule {
	return []Rule{{
		ID: "drift", Severity: problem.Warning, check: drift, written: true,
		Reason: "what the cluster writes otherwise is shown as modified for ever, or set back and forth",
		Fix:    "leave the field to the cluster, or write it as the cluster does",
		Source: "Fleet v0.16 and Argo CD compare field by field; docs/decisions/0004-labels-that-helm-owns.md; https://github.com/argoproj/argo-cd/issues/22151",
	}}
}

// drift finds the fields that somebody else writes too.
func drift(in *input) []Finding {
	var found []Finding
	for i, o := range in.All {
		ref := in.Refs[i]
		add := func(path, format string, args ...any) {
			found = append(found, Finding{Object: ref, Path: path, Message: fmt.Sprintf(format, args...)})
		}
		for _, field := range []string{"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"} {
			if objects.At(o, "metadata", field) != nil {
				add("metadata."+field, "is the API server's")
			}
		}
		heads := [][]string{{"metadata"}}
		if template := objects.TemplatePath(ref); template != nil {
			heads = append(heads, append(template, "metadata"))
		}
		for _, head := range heads {
			for _, field := range []string{"annotations", "labels"} {
				path := slices.Concat(head, []string{field})
				if m, ok := objects.At(o, path...).(map[string]any); ok && len(m) == 0 {
					add(strings.Join(path, "."), "is empty: the API server drops it")
				}
			}
		}
		if objects.At(o, "status") != nil {
			add("status", "is the controller's")
		}
		if by := objects.Text(o, "metadata", "labels", "app.kubernetes.io/managed-by"); by != "" {
			add("metadata.labels[app.kubernetes.io/managed-by]", "%q: where Fleet deploys it, Helm writes this label itself; elsewhere nobody does", by)
		}
		switch {
		case ref.Is("gateway.networking.k8s.io", "HTTPRoute") && in.compared():
			for _, missing := range defaulted(o) {
				add(missing[0], "has no %s: the API server adds it, and the whole list differs", missing[1])
			}
		case ref.Is("networking.k8s.io", "NetworkPolicy"):
			for _, direction := range []string{"ingress", "egress"} {
				for j, rule := range objects.List(o, "spec", direction) {
					for k, port := range objects.List(rule, "ports") {
						if port["protocol"] == nil {
							add(fmt.Sprintf("spec.%s[%d].ports[%d]", direction, j, k), "has no protocol: the API server adds TCP")
						}
					}
				}
			}
		case ref.Is("autoscaling", "HorizontalPodAutoscaler"):
			group := Ref{APIVersion: objects.Text(o, "spec", "scaleTargetRef", "apiVersion")}.Group()
			target := in.Find(group, objects.Text(o, "spec", "scaleTargetRef", "kind"), ref.Namespace, objects.Text(o, "spec", "scaleTargetRef", "name"))
			if objects.At(target, "spec", "replicas") != nil {
				found = append(found, Finding{Object: RefOf(target), Path: "spec.replicas", Message: fmt.Sprintf("is set, and %s sets it too", ref)})
			}
		}
	}
	return found
}

// compared reports whether something that holds what is there against what was
// written applies the folder: Argo CD. Flux asks the API server what it would
// change.
func (in *input) compared() bool {
	return slices.ContainsFunc(in.facts.Syncers, func(s Syncer) bool { return s.Ref.Group() == argoGroup })
}

// defaulted are the elements of an HTTPRoute's lists that lack what the API server
// adds, and the first such field of each.
func defaulted(o Object) [][2]string {
	var all [][2]string
	look := func(at string, element Object, fields ...string) {
		for _, field := range fields {
			if element[field] == nil {
				all = append(all, [2]string{at, field})
				return
			}
		}
	}
	for i, parent := range objects.List(o, "spec", "parentRefs") {
		look(fmt.Sprintf("spec.parentRefs[%d]", i), parent, "group", "kind")
	}
	for i, rule := range objects.List(o, "spec", "rules") {
		look(fmt.Sprintf("spec.rules[%d]", i), rule, "matches")
		for j, backend := range objects.List(rule, "backendRefs") {
			look(fmt.Sprintf("spec.rules[%d].backendRefs[%d]", i, j), backend, "group", "kind", "weight")
		}
	}
	return all
}
