package fleetsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// podSecurityEnforce is one of the labels that some agents drop: the one by which a
// namespace refuses pods.
const podSecurityEnforce = "pod-security.kubernetes.io/enforce"

// checkNamespaceLabels warns of what comes and goes with Fleet's releases
// (docs/decisions/0006-helm-makes-the-namespace.md):
//   - rancher/fleet#4210: every target's labels land on every cluster, the last
//     target wins. Reported for v0.13.2; v0.16 got the fix late, if at all.
//   - rancher/fleet#5550: the agent drops pod-security labels, from May 2026
//     (#5156) to v0.16.2, v0.15.7, v0.14.11 and v0.13.16 (#5705 to #5708). It
//     matters where a label asks for less than "restricted": a cluster that
//     enforces that by default then refuses the pods. The label "restricted"
//     itself refuses none that are deployed with it; without it the namespace is
//     as open as the cluster's default.
//   - rancher/fleet#5351: from the same releases on a service account that the
//     bundle is deployed as sets the labels, not the agent.
func checkNamespaceLabels(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	all := b.situations()
	leaks := b.leaks(all)
	for _, s := range all {
		if s.options.ServiceAccount != "" && len(s.options.NamespaceLabels) > 0 {
			list = append(list, b.problem(problem.Warning, strings.TrimPrefix(s.at+".namespaceLabels", "."),
				fmt.Sprintf("are set as the service account %s (rancher/fleet#5351), and the bundle stays not ready without the right", s.options.ServiceAccount),
				"on each cluster grant it get and patch of the namespace, by resourceNames"))
		}
		for _, key := range slices.Sorted(maps.Keys(s.options.NamespaceLabels)) {
			value := s.options.NamespaceLabels[key]
			at := strings.TrimPrefix(s.at+".namespaceLabels", ".")
			if key == podSecurityEnforce && value != "restricted" {
				list = append(list, b.problem(problem.Warning, at, fmt.Sprintf("%s: %s is dropped by Fleet of May to September 2026 (rancher/fleet#5550), "+
					"and a cluster that enforces more refuses the pods", key, value), "run Fleet v0.16.2, v0.15.7, v0.14.11, v0.13.16 or later, or set it on a Namespace object"))
			}
			if leaks[key] {
				list = append(list, b.problem(problem.Warning, at, key+" differs between targets, and some Fleet releases give "+
					"every cluster the labels of all targets (rancher/fleet#4210)", "give all targets the same labels"))
			}
		}
	}
	return list
}

// checkCopied finds what Fleet's agent stops at: rancher/fleet,
// internal/cmd/agent/controller/bundledeployment_controller.go.
func checkCopied(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	for _, s := range b.situations() {
		for i, c := range s.options.DownstreamResources {
			if !strings.EqualFold(c.Kind, "Secret") && !strings.EqualFold(c.Kind, "ConfigMap") || c.Name == "" {
				list = append(list, b.problem(problem.Error, strings.TrimPrefix(fmt.Sprintf("%s.downstreamResources[%d]", s.at, i), "."),
					fmt.Sprintf("got the kind %q and the name %q: the agent stops at it, and deploys nothing", c.Kind, c.Name), "name a Secret or a ConfigMap of the bundle's namespace"))
			}
		}
	}
	return list
}

// leaks are the labels that stand in a target, and that not every cluster should
// have with that value.
func (b Bundle) leaks(all []situation) map[string]bool {
	inTarget, leaks := map[string]bool{}, map[string]bool{}
	for _, t := range b.Config.TargetCustomizations {
		for key := range t.NamespaceLabels {
			inTarget[key] = true
		}
	}
	for key := range inTarget {
		for _, s := range all {
			leaks[key] = leaks[key] || s.options.NamespaceLabels[key] != all[0].options.NamespaceLabels[key]
		}
	}
	return leaks
}
