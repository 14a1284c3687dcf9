package vet

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func resourceRules() []Rule {
	return []Rule{{
		ID: "resources", Severity: problem.Warning, check: resources, needs: []string{"LimitRange"},
		Reason: "what a container may take is what its node has: others starve, and it is the first to be evicted when memory or disk runs short",
		Fix:    "set them under resources.limits; a request that is not set is the limit",
		Source: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction",
	}}
}

// resources are a warning: nothing breaks while the node has enough, and a
// LimitRange that is not in the list may set them.
func resources(in *input) []Finding {
	defaults := in.limitRanges()
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		var missing []string
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
			limited, requested := c.resource(name)
			if limited || slices.Contains(defaults[c.pod.Ref.Namespace], string(name)) {
				continue
			}
			if missing = append(missing, "limits."+string(name)); !requested {
				missing = append(missing, "requests."+string(name))
			}
		}
		if missing != nil {
			found = append(found, c.finding("resources", "does not set %s", strings.Join(missing, ", ")))
		}
	}
	return found
}

// resource reports whether the container, or its pod for all of them, limits and
// requests it.
func (c container) resource(name corev1.ResourceName) (limited, requested bool) {
	of := []corev1.ResourceRequirements{c.Resources}
	if c.pod.Spec.Resources != nil {
		of = append(of, *c.pod.Spec.Resources)
	}
	for _, r := range of {
		_, limit := r.Limits[name]
		_, request := r.Requests[name]
		limited, requested = limited || limit, requested || request
	}
	return limited, requested
}

// limitRanges are the resources that a LimitRange of the list sets for each
// container of its namespace.
func (in *input) limitRanges() map[string][]string {
	found := map[string][]string{}
	for i, o := range in.All {
		if !in.Refs[i].Is("", "LimitRange") {
			continue
		}
		for _, item := range objects.List(o, "spec", "limits") {
			if objects.Text(item, "type") == "Container" {
				for name := range objects.Child(item, "default") {
					found[in.Refs[i].Namespace] = append(found[in.Refs[i].Namespace], name)
				}
			}
		}
	}
	return found
}
