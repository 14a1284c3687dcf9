package fleetsim

import (
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// podSecurity starts the labels that Fleet's agent drops.
const podSecurity = "pod-security.kubernetes.io/"

// checkNamespaceLabels warns of two faults that come and go with Fleet's
// releases:
//   - rancher/fleet#4210: every target's labels land on every cluster, the last
//     target wins. Reported for v0.13.2; v0.16 got the fix late, if at all.
//   - rancher/fleet#5550: the agent drops pod-security labels, from May 2026
//     (#5156) until September 2026 (#5705), v0.16.1 among them.
func checkNamespaceLabels(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	for _, s := range b.situations() {
		for _, key := range slices.Sorted(maps.Keys(s.options.NamespaceLabels)) {
			at := strings.TrimPrefix(s.at+".namespaceLabels", ".")
			if strings.HasPrefix(key, podSecurity) {
				list = append(list, b.problem(problem.Warning, at, key+" is dropped by the agent of Fleet v0.16.1 (rancher/fleet#5550)",
					"set it on a Namespace object"))
			}
			if b.leaks(key) {
				list = append(list, b.problem(problem.Warning, at, key+" differs between targets, and some Fleet releases give "+
					"every cluster the labels of all targets (rancher/fleet#4210)", "give all targets the same labels"))
			}
		}
	}
	return list
}

// leaks says whether a label stands in a target, and not every cluster should
// have it with that value.
func (b Bundle) leaks(key string) bool {
	values := map[string]bool{}
	inTarget := false
	for _, t := range b.Config.TargetCustomizations {
		_, here := t.NamespaceLabels[key]
		inTarget = inTarget || here
	}
	for _, s := range b.situations() {
		values[s.options.NamespaceLabels[key]] = true
	}
	return inTarget && len(values) > 1
}
